import csv
import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.collect.sheets import Kind, Sheet, delimited
from shuke.collect.sheets.sheet import Source
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
    assert [(s.row, s.kind) for s in sheet.skipped] == [(1, Kind.TITLE), (2, Kind.TITLE), (7, Kind.TOTAL)]
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
        source, text = Source(path, path.name, Path(folder) / "work"), Transcript(path)
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
        sheet = delimited.read(Source(path, path.name, Path(folder) / "work"))
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
    sheet = delimited._quickly(Source(path, path.name, tmp_path / "work"), Transcript(path))
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
