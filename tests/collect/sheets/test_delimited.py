import csv
import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.collect.sheets import Sheet, SkippedKind, delimited
from shuke.collect.sheets.sheet import InputFile
from shuke.collect.sheets.text import Transcript
from shuke.errors import Unreadable
from tests.collect.sheets.reading import Reader, rows, said


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", ":"])
def test_the_common_delimiters_are_found_out(written: Reader, delimiter: str) -> None:
    lines = [["order", "name", "price"], ["A1", "Li Lei", "12.50"], ["A2", "Han Mei", "7"]]
    sheet = written("\n".join(delimiter.join(line) for line in lines))
    assert sheet.delimiter == delimiter
    assert sheet.columns == ("order", "name", "price")
    assert rows(sheet) == [(2, "A1", "Li Lei", "12.50"), (3, "A2", "Han Mei", "7")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_line(written: Reader, end: str) -> None:
    assert rows(written(end.join(["id,name", "1,a", "2,b", ""]))) == [(2, "1", "a"), (3, "2", "b")]


def test_the_row_number_is_that_of_the_spreadsheet(written: Reader) -> None:
    sheet = written('id,remark\n1,"two\nlines"\n\n2,after a blank row\n')
    assert rows(sheet) == [(2, "1", "two\nlines"), (4, "2", "after a blank row")]
    assert sheet.blank_rows == 1


def test_an_empty_cell_and_a_missing_one_are_both_null(written: Reader) -> None:
    sheet = written('id,name,city\n1,"",\n2\n3,c,d\n')
    assert rows(sheet) == [(2, "1", None, None), (3, "2", None, None), (4, "3", "c", "d")]
    assert "1 row(s) are shorter than the header" in said(sheet)


def test_a_row_with_too_many_cells_goes_to_quarantine(written: Reader) -> None:
    sheet = written("id,name\n1,a\n2,b,c\n3,d\n")
    assert rows(sheet) == [(2, "1", "a"), (4, "3", "d")]
    [bad] = sheet.bad_rows
    assert (bad.row, bad.text) == (3, "2, b, c")
    assert str(bad.reason) == "The row has 3 cells, the header 2."


def test_blank_cells_beyond_the_header_do_no_harm(written: Reader) -> None:
    assert rows(written("id,name\n1,a,,\n2,b\n")) == [(2, "1", "a"), (3, "2", "b")]


def test_quotes_may_be_single_doubled_backslashed_or_spaced(written: Reader) -> None:
    assert rows(written("id,name\n'1','a,b'\n'2','it''s'\n")) == [(2, "1", "a,b"), (3, "2", "it's")]
    assert rows(written('id,name\n1,"a ""b"" c"\n')) == [(2, "1", 'a "b" c')]
    assert rows(written('id,name\n1,"a \\"b\\", c"\n2,"d"\n')) == [(2, "1", 'a "b", c'), (3, "2", "d")]
    assert rows(written('id, name\n1, "a, b"\n2, "c"\n')) == [(2, "1", "a, b"), (3, "2", "c")]


def test_one_stray_quotation_mark_does_not_swallow_the_file(written: Reader) -> None:
    lines = [f"{n},name {n}" for n in range(1, 400)]
    lines[300] = '301,"never closed'
    sheet = written("\n".join(["id,name", *lines]))
    found = rows(sheet)
    assert len(found) == 399
    assert found[300] == (302, "301", '"never closed')
    assert "1 row(s) have stray quotation marks" in said(sheet)


def test_formulas_that_keep_text_text_are_unwrapped(written: Reader) -> None:
    sheet = written('order,amount\n"=""2839001122334455667""",1\n="0012",2\n=A1+B1,3\n')
    assert [row[1] for row in rows(sheet)] == ["2839001122334455667", "0012", "=A1+B1"]


def test_zero_bytes_are_taken_out(written: Reader) -> None:
    assert rows(written(b"id,name\n1,a\x00b\n" + b"2,c\n")) == [(2, "1", "ab"), (3, "2", "c")]


def test_titles_above_and_totals_below_are_left_out_and_kept(written: Reader) -> None:
    sheet = written("销售明细\n导出时间：2024-03-05\n\n商品,数量,金额\n茶,2,30.5\n酒,1,99\n合计,3,129.50\n")
    assert sheet.header_row == 4
    assert rows(sheet) == [(5, "茶", "2", "30.5"), (6, "酒", "1", "99")]
    assert [(s.row, s.kind) for s in sheet.skipped] == [(1, "title"), (2, "title"), (7, "total")]
    assert sheet.skipped[2].text == "合计 3 129.50"
    assert sheet.blank_rows == 1


def test_a_product_called_total_is_no_total(written: Reader) -> None:
    sheet = written("product,pieces,price\nTotal,5,3.20\nTea,1,2\nTotal,6,5.20\n")
    assert [row[0] for row in rows(sheet)] == [2, 3]
    sheet = written("company,city\nTotal,Paris\nShell,London\n")
    assert len(rows(sheet)) == 2


def test_data_from_the_first_row_on_gets_numbered_columns(written: Reader) -> None:
    sheet = written("1,english,2024-01-01\n2,中国人,2024-01-02\n3,german,2024-01-03\n")
    assert (sheet.header_row, sheet.columns) == (0, ("column 1", "column 2", "column 3"))
    assert rows(sheet)[0] == (1, "1", "english", "2024-01-01")
    assert "No header row" in said(sheet)


def test_a_list_of_one_column_is_a_table(written: Reader) -> None:
    sheet = written("email\na@example.com\nb@example.com\n")
    assert (sheet.columns, sheet.delimiter) == (("email",), None)
    assert rows(sheet) == [(2, "a@example.com"), (3, "b@example.com")]


@pytest.mark.parametrize("content", ["word\n", "\n\n\n", "It was a dark night, and a stormy one. " * 9])
def test_prose_and_blank_lines_are_no_table(written: Reader, content: str) -> None:
    with pytest.raises(Unreadable, match=r"file\.csv"):
        written(content)


def test_every_line_of_a_file_is_accounted_for(written: Reader) -> None:
    sheet = written("Report\n\nid,amount,city\n1,2,x\n,,\n2,3,y,extra\n3,4\nTotal,6,\n")
    header = 1
    left_out = len(sheet.skipped) + len(sheet.bad_rows) + sheet.blank_rows
    assert (sheet.rows, left_out, sheet.rows + left_out + header) == (2, 5, 8)


CELL = st.text(
    st.sampled_from("ab1 =\"',;\n中é\\") | st.characters(exclude_categories=["Cs", "Cc"]), max_size=6
)
REGULAR = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)
IRREGULAR = st.lists(
    st.sampled_from(["a", "1", ",", '"', " ", "\n", "\r\n", "=", '""', ', "', "中", "\\"]), max_size=40
)


def as_csv(table: list[list[str]], quoting: int) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([["id", "name", "text"], *table])  # type: ignore[arg-type]
    return text.getvalue()


def both_ways(content: str) -> tuple[object, object]:
    """What the engine reads, None where it declines, and what the csv module reads."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content.encode())
        source, text = InputFile(path, path.name, Path(folder) / "work"), Transcript(path)
        quick = delimited._quickly(source, text)
        if quick is None:
            return None, None
        return told(quick), told(delimited._thoroughly(source, text))


def told(sheet: Sheet) -> object:
    found = rows(sheet)
    return replace(sheet, parquet=Path()), found


@settings(max_examples=25, deadline=None)
@given(REGULAR, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_engine_and_csv_module_read_the_same_rows(table: list[list[str]], quoting: int) -> None:
    quick, thorough = both_ways(as_csv(table, quoting))
    assert quick == thorough


@settings(max_examples=25, deadline=None)
@given(IRREGULAR)
def test_what_they_would_read_differently_the_engine_declines(pieces: list[str]) -> None:
    quick, thorough = both_ways("id,name\n1,x\n2,y\n" + "".join(pieces))
    assert quick == thorough


@settings(max_examples=30, deadline=None)
@given(REGULAR)
def test_what_csv_writes_comes_back_as_it_was(table: list[list[str]]) -> None:
    kept = [row for row in table if any(row)]
    content = as_csv([["7", "row", "9"], *kept], csv.QUOTE_ALL)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content.encode())
        [sheet] = delimited.read(InputFile(path, path.name, Path(folder) / "work"))
        found = [row[1:] for row in rows(sheet)][1:]
    wanted = [tuple(delimited_cell(c) for c in row) for row in kept]
    skipped = {s.row for s in sheet.skipped}
    assert found == [w for n, w in enumerate(wanted, start=3) if n not in skipped]


def delimited_cell(cell: str) -> str | None:
    wrapped = len(cell) > 2 and cell.startswith('="') and cell.endswith('"')
    return (cell[2:-1] if wrapped else cell) or None


def test_a_regular_file_is_read_by_the_engine_in_the_order_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("id,name\n" + "".join(f"{n},name {n}\n" for n in range(200_000)) + "\n\n")
    sheet = delimited._quickly(InputFile(path, path.name, tmp_path / "work"), Transcript(path))
    assert sheet is not None
    found = rows(sheet)
    assert found == [(n + 2, str(n), f"name {n}") for n in range(200_000)]
    assert sheet.blank_rows == 2


def test_a_header_of_many_long_names_is_read_whole(written: Reader) -> None:
    names = [f"a long name of column number {n}, as reports have them" for n in range(1500)]
    values = [str(n) for n in range(1500)]
    sheet = written(";".join(names) + "\n" + ";".join(values) + "\n")
    assert sheet.columns == tuple(names)
    assert rows(sheet) == [(2, *values)]


def test_many_blank_rows_cost_nothing(written: Reader) -> None:
    sheet = written("id,name\n1,a\n" + ",\n" * 5000 + "2,b\n")
    assert rows(sheet) == [(2, "1", "a"), (5003, "2", "b")]
    assert sheet.blank_rows == 5000


def test_headings_that_come_again_are_left_out_and_said(written: Reader) -> None:
    body = "".join(f"{n},Person {n},p{n}@x.org\n" for n in range(20))
    for quick in ("", '21,"Ann "" Lee" ,x\n'):  # the engine reads the first, the csv module the second
        sheet = written(f"customer id,name,email\n{body}customer id,name,email\n20,Z,z@x.org\n{quick}")
        assert sheet.columns == ("customer id", "name", "email")
        assert [(s.row, s.kind) for s in sheet.skipped] == [(22, SkippedKind.HEADING)]
        assert "headings stand again in 1 row(s), left out: row 22" in said(sheet)
        assert rows(sheet)[20] == (23, "20", "Z", "z@x.org")


def test_joined_files_keep_neither_headings_nor_marks_nor_titles(written: Reader) -> None:
    part = "会员名单\n编号,姓名,城市\n{n},李雷,上海\n{m},韩梅,北京\n"
    sheet = written("\ufeff" + part.format(n=1, m=2) + "\ufeff" + part.format(n=3, m=4))
    assert [row[1:] for row in rows(sheet)] == [
        ("1", "李雷", "上海"), ("2", "韩梅", "北京"), ("3", "李雷", "上海"), ("4", "韩梅", "北京"),
    ]  # fmt: skip


def test_a_list_of_names_may_hold_its_heading_again(written: Reader) -> None:
    sheet = written("name,city\nAnn,Rome\nBob,Oslo\nname,city\nCy,Bonn\n")
    assert (sheet.columns, [row[1] for row in rows(sheet)]) == (("name", "city"), ["Ann", "Bob", "Cy"])


def test_other_headings_within_the_rows_are_refused(written: Reader) -> None:
    with pytest.raises(Unreadable, match="row 4 says other headings than row 1"):
        written("id,name,email\n1,Ann,a@x.org\n2,Bob,b@x.org\nid,email,name\n3,c@x.org,Cy\n")


@pytest.mark.parametrize(
    "total",
    [
        "合计,220人,",
        "合计：,,￥1200.00元",
        "总计,2 位,",
        "小計,2名,3",
        "Total,2 customers,",
        "TOTAL:,,USD 12",
    ],
)
def test_a_total_may_have_units(written: Reader, total: str) -> None:
    sheet = written(f"卡号,姓名,金额\nV1,李雷,10\nV2,韩梅,20\n{total}\n")
    assert [row[1] for row in rows(sheet)] == ["V1", "V2"]
    assert [s.kind for s in sheet.skipped] == [SkippedKind.TOTAL]


def test_a_total_of_a_group_is_told_by_the_name_above_it(written: Reader) -> None:
    sheet = written(
        "store,product,amount\nWest,tea,1\nWest,rum,2\nWest Total,,3\n"
        "Total,oil,4\nTotal,tea,5\nTotal Total,,9\nGrand Total,,12\n"
    )
    assert [row[1:] for row in rows(sheet)] == [
        ("West", "tea", "1"), ("West", "rum", "2"), ("Total", "oil", "4"), ("Total", "tea", "5"),
    ]  # fmt: skip
    assert [s.row for s in sheet.skipped] == [4, 7, 8]


@pytest.mark.parametrize("label", ["Total for Ann", "Total Ann", "Ann Total", "Summe Ann", "Subtotal de Ann"])
def test_a_total_of_a_group_is_told_by_the_name_over_the_group(written: Reader, label: str) -> None:
    sheet = written(
        "who,date,item,amount\nAnn,,,\n,2026-10-05,tea,1\n,2026-10-06,rum,2\n"
        f"{label},,,3\nTotal Recall,2026-10-07,film,9\n,2026-10-08,pot,9\n"
    )
    assert [(s.row, s.kind) for s in sheet.skipped] == [(5, SkippedKind.TOTAL)]


@pytest.mark.parametrize(
    "remark",
    ["审核：,,,制表：张三", "共 2 人,,,", "合计：2人,,,", "Page 1 of 3,,,", "*** End of Report ***,,,",
     "1.本明细仅供对账使用,,,", "Thank you for shopping with us,,,", "2 rows selected.,,,"],
)  # fmt: skip
def test_remarks_below_the_rows_are_no_rows(written: Reader, remark: str) -> None:
    sheet = written(f"卡号,姓名,金额,日期\nV1,李雷,10,2026-01-05\nV2,韩梅,20,2026-01-06\n{remark}\n")
    assert [row[1] for row in rows(sheet)] == ["V1", "V2"]
    assert [s.kind for s in sheet.skipped] == [SkippedKind.FOOTER]


@pytest.mark.parametrize("last", ["V3,Total,30,", "Sum Wong,V3,30,", "V3,,,", "Total Energies,SA,30,Paris"])
def test_a_last_row_that_is_data_stays(written: Reader, last: str) -> None:
    sheet = written(f"no,name,amount,city\nV1,Ann,10,Rome\nV2,Bob,20,Oslo\n{last}\n")
    assert sheet.rows == 3


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('id,name\n1,Ann\n2,"Bob\r\nRay"\r\n3,Cy\r4,Di\r\n', ["Ann", "Bob\r\nRay", "Cy", "Di"]),
        ('id,name\r1,Ann\r2,"Bob\nRay"\r3,Cy\r', ["Ann", "Bob\nRay", "Cy"]),
        ('id,name\r\n1,"Ann\rLee"\r\n2,Bob\r\n', ["Ann\rLee", "Bob"]),
        ('id,name\n1,"Ann\nLee"\r2,Bob\n', ["Ann\nLee", "Bob"]),
        ("id,name\r\r\n1,Ann\r\r\n2,Bob\r\r\n", ["Ann", "Bob"]),
        ("id,name\n\r1,Ann\n\r2,Bob\n\r", ["Ann", "Bob"]),
        ("id,name\n1,Ann\r2,Bob\n", ["Ann", "Bob"]),
    ],
)
def test_line_ends_may_be_mixed(written: Reader, content: str, wanted: list[str]) -> None:
    assert [row[2] for row in rows(written(content))] == wanted


def test_a_lone_carriage_return_within_a_cell_ends_no_row(written: Reader) -> None:
    sheet = written("id,name,city\n1,Ann\rLee,Rome\n2,Bob,Oslo\n")
    assert [row[1:] for row in rows(sheet)] == [("1", "Ann\rLee", "Rome"), ("2", "Bob", "Oslo")]


QUOTED = [
    "'1','Ann','a, b'\n'2','Bob \"Bo\" Ray','c'\n",
    "'1','Ann','a, b'\n'2','Bob \\'Bo\\' Ray','c'\n",
    "'1','Ann','a, b'\n'2','Bob ''Bo'' Ray','c'\n",
    "1,Ann,'a, b'\n2,Bob 'Bo' Ray,c\n",
    '1,Ann,"a, b"\n2,"Bob |"Bo|" Ray","c"\n',
    '1,Ann,"a, b"\n2,"Bob ^"Bo^" Ray, or so","c"\n',
    "1,Ann,a\\, b\n2,Bob,c\n",
    "~1~,~Ann~,~a, b~\n~2~,~Bob~,~c~\n",
    "|1|,|Ann|,|a, b|\n|2|,|Bob|,|c|\n",
    '"1,""Ann"",""a, b"""\n"2,Bob,c"\n',
]


@pytest.mark.parametrize("body", QUOTED)
def test_unusual_quotes_and_escapes_are_found_out(written: Reader, body: str) -> None:
    whole = body.startswith('"1,')
    sheet = written(('"id,name,note"\n' if whole else "id,name,note\n") + body)
    (_, _, _, first), (_, two, bob, last) = rows(sheet)
    assert (sheet.columns, first, two, last) == (("id", "name", "note"), "a, b", "2", "c")
    assert str(bob).startswith("Bob") and str(bob).strip("'\"\\|^") == bob
    assert not sheet.bad_rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'", "`", "$"])
@pytest.mark.parametrize("escape", [None, "\\", "~", "/"])
def test_cells_that_hold_delimiters_stay_whole(
    written: Reader, delimiter: str, quote: str, escape: str | None
) -> None:
    """Every text holds a delimiter, so that cutting at each would give rows of one width as well."""
    within = f"says {escape or quote}{quote}hello{delimiter} there{escape or quote}{quote} {{n}}"
    line = f"{{n}}@{quote}Lee{delimiter} Ann {{n}}{quote}@{quote}{within}{quote}".replace("@", delimiter)
    head = delimiter.join(("id", "name", "note"))
    sheet = written("\n".join([head, *(line.format(n=n) for n in range(1, 21))]) + "\n")
    assert sheet.columns == ("id", "name", "note")
    assert rows(sheet)[6] == (
        8, "7", f"Lee{delimiter} Ann 7", f"says {quote}hello{delimiter} there{quote} 7",
    )  # fmt: skip
    assert len(rows(sheet)) == 20


def test_what_databases_write_for_tabs_and_nothing_is_read(written: Reader) -> None:
    sheet = written("id\tname\tnote\n1\tAnn\ta\\\tb\n2\t\\N\tc\n3\tCy\td\\\ne\n")
    assert [row[1:] for row in rows(sheet)] == [("1", "Ann", "a\tb"), ("2", None, "c"), ("3", "Cy", "d\ne")]


@pytest.mark.parametrize("delimiter", ["~", "\x01", "，", "¦"])
def test_rarer_delimiters_are_found_out(written: Reader, delimiter: str) -> None:
    lines = [["编号", "姓名", "城市"], ["1", "李雷", "上海"], ["2", "韩梅", "北京"]]
    sheet = written("".join(delimiter.join(line) + "\n" for line in lines))
    assert (sheet.delimiter, sheet.columns) == (delimiter, ("编号", "姓名", "城市"))


BILL = ["-" * 48, "导出信息：", "姓名：某某", "起始时间：[2024-02-10]    终止时间：[2024-02-13]", "共2笔记录",
        "特别提示：", "1.本明细仅供对账使用；", "2.不包括已删除的记录",
        "-" * 20 + "电子客户回单" + "-" * 20]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_title_may_be_longer_than_the_table(written: Reader, encoding: str) -> None:
    table = "交易时间,交易对方,收/支,金额\n2024-02-12 21:32:14,李四,收入,49.74\n2024-02-13 14:16:52,王五,,2\n"
    sheet = written("\n".join([*BILL, *BILL, table]), encoding=encoding)
    assert (sheet.header_row, sheet.rows) == (19, 2)
    assert sheet.columns == ("交易时间", "交易对方", "收/支", "金额")
    assert "18 row(s) above the header left out" in said(sheet)


def test_a_title_may_have_commas(written: Reader) -> None:
    titles = "Account: Checking, Ending 1234\nPeriod: Jan 1, 2024 - Jan 31, 2024\nAnn Lee, 5 Main St\n\n"
    sheet = written(
        titles + "Date,Description,Amount,Balance\n01/02/2024,Tea,-3.50,96.50\n01/03/2024,Rum,1,97\n"
    )
    assert (sheet.header_row, sheet.columns) == (5, ("Date", "Description", "Amount", "Balance"))


def test_the_mark_before_each_cell_of_a_bill_is_left_out(written: Reader) -> None:
    sheet = written("when,order,total\n`2026-09-28 17:07,`S1,`100.00\n`2026-09-29 17:07,`,`20.00\n")
    assert [row[1:] for row in rows(sheet)] == [
        ("2026-09-28 17:07", "S1", "100.00"), ("2026-09-29 17:07", None, "20.00"),
    ]  # fmt: skip
