import datetime as dt
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from shuke.collect.sandbox.workbook import as_text
from shuke.collect.sheets import Sheet, SkippedKind, read
from shuke.errors import Unreadable
from tests.collect.sheets.reading import rows, said


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
    return path


def one(path: Path, work: Path) -> Sheet:
    [sheet] = read(path, work=work)
    return sheet


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (17850.0, "17850"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (0.00001, "0.00001"),
        (-1200.0, "-1200"),
        (123456789012345.0, "123456789012345"),
        (6.20123456789012e17, "6.20123456789012E+17"),
        (6e17, "6E+17"),
        (True, "TRUE"),
        (dt.date(2024, 3, 5), "2024-03-05"),
        (dt.datetime(2024, 3, 5), "2024-03-05"),  # noqa: DTZ001 - a workbook knows no zone
        (dt.datetime(2024, 3, 5, 12, 30), "2024-03-05 12:30:00"),  # noqa: DTZ001
        (dt.time(8, 5), "08:05:00"),
        ("00123", "00123"),
    ],
)
def test_a_cell_is_written_without_loss(cell: object, text: str) -> None:
    assert as_text(cell) == text


def test_each_worksheet_is_a_sheet_and_empty_ones_are_named(tmp_path: Path, work: Path) -> None:
    tables: dict[str, list[list[object]]] = {
        "客户": [["编号", "姓名"], [1, "李雷"]],
        "空": [],
        "订单": [["order", "amount"], ["A1", 9.5]],
    }
    first, second = read(workbook(tmp_path / "a.xlsx", tables), work=work)
    assert (first.sheet, first.columns, rows(first)) == ("客户", ("编号", "姓名"), [(2, "1", "李雷")])
    assert (second.sheet, rows(second)) == ("订单", [(2, "A1", "9.5")])
    assert "Empty worksheet(s) left out: 空" in said(first)


def test_titles_totals_and_blank_rows_are_told_apart_from_data(tmp_path: Path, work: Path) -> None:
    table: list[list[object]] = [
        ["2024年销售汇总"],
        ["店铺：旗舰店"],
        [],
        ["日期", "商品", "金额"],
        ["2024-01-01", "茶", 10],
        ["小计", "", 10],
        ["2024-01-02", "酒", 20],
        ["合计：", "", 30],
        ["制表人：王芳"],
    ]
    sheet = one(workbook(tmp_path / "a.xlsx", {"Sheet1": table}), work)
    assert sheet.header_row == 4
    assert rows(sheet) == [(5, "2024-01-01", "茶", "10"), (7, "2024-01-02", "酒", "20")]
    kinds = {s.row: s.kind for s in sheet.skipped}
    assert kinds == {
        1: SkippedKind.TITLE,
        2: SkippedKind.TITLE,
        6: SkippedKind.TOTAL,
        8: SkippedKind.TOTAL,
        9: SkippedKind.FOOTER,
    }
    assert "2 total row(s) left out: row 6, 8" in said(sheet)


def test_order_numbers_that_excel_cut_stay_recognisable(tmp_path: Path, work: Path) -> None:
    table: list[list[object]] = [["order", "buyer"], [620123456789012345, "a"], ["620123456789012345", "b"]]
    found = rows(one(workbook(tmp_path / "a.xlsx", {"Sheet1": table}), work))
    assert [row[1] for row in found] == ["6.20123456789012E+17", "620123456789012345"]


def test_the_old_format_of_excel_is_read_whatever_the_file_is_called(tmp_path: Path, work: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Till")
    table: list[list[object]] = [["id", "name"], [7, "李雷"]]
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(tmp_path / "till.csv"))
    assert rows(one(tmp_path / "till.csv", work)) == [(2, "7", "李雷")]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_a_workbook_with_nothing_in_it_is_unreadable(tmp_path: Path, work: Path, name: str) -> None:
    with pytest.raises(Unreadable, match="no worksheet with anything in it"):
        read(workbook(tmp_path / name, {"Sheet1": []}), work=work)


def test_a_damaged_workbook_is_unreadable(tmp_path: Path, work: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(Unreadable, match=r"a\.xls is no workbook that can be read"):
        read(tmp_path / "a.xls", work=work)


def formatted(path: Path, rows_of: list[list[tuple[object, str]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows_of):
            for column, (value, code) in enumerate(row):
                sheet.write(number, column, value, book.add_format({"num_format": code}))
    return path


SHOWN: list[list[tuple[object, str]]] = [
    [("customer id", "@"), ("postcode", "@"), ("discount", "@"), ("amount", "@"), ("born", "@")],
    [(42, "000000"), (2138, "00000"), (0.15, "0%"), (12.5, '"€"#,##0.00'), (-1.0, "0")],
    [(7, "000000"), ("EC1A 1BB", "00000"), (0.125, "0.0%"), (3, '"€"#,##0.00'), (10000, "yyyy-mm-dd")],
]


def test_what_the_workbook_shows_is_read(tmp_path: Path, work: Path) -> None:
    assert rows(one(formatted(tmp_path / "a.xlsx", SHOWN), work)) == [
        (2, "000042", "02138", "15%", "€12.5", "-1"),
        (3, "000007", "EC1A 1BB", "12.5%", "€3", "1927-05-18"),
    ]


def test_what_an_old_workbook_shows_is_read(tmp_path: Path, work: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(SHOWN):
        for column, (value, code) in enumerate(row):
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=code))
    book.save(str(tmp_path / "a.xls"))
    assert rows(one(tmp_path / "a.xls", work)) == [
        (2, "000042", "02138", "15%", "€12.5", "-1"),
        (3, "000007", "EC1A 1BB", "12.5%", "€3", "1927-05-18"),
    ]


def test_cells_that_do_not_say_where_they_stand_are_counted(tmp_path: Path, work: Path) -> None:
    path, bare = formatted(tmp_path / "a.xlsx", SHOWN), tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as full, zipfile.ZipFile(bare, "w") as copy:
        for name in full.namelist():
            xml = full.read(name)
            copy.writestr(name, re.sub(rb' r="[A-Z]*\d+"', b"", xml) if "worksheets/" in name else xml)
    assert rows(one(bare, work))[0][1:4] == ("000042", "02138", "15%")


def test_a_table_away_from_the_corner_shows_the_same(tmp_path: Path, work: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        padded = book.add_format({"num_format": "0000"})
        for row, (number, name) in enumerate([("id", "name"), (1, "Ann"), (2, "Bob")], start=3):
            sheet.write(row, 2, number, padded)
            sheet.write(row, 3, name)
    assert rows(one(tmp_path / "a.xlsx", work)) == [(5, "0001", "Ann"), (6, "0002", "Bob")]


@pytest.mark.parametrize(("mac", "day"), [(False, "1927-05-18"), (True, "1931-05-19")])
def test_days_count_from_where_the_workbook_says(tmp_path: Path, work: Path, mac: bool, day: str) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": mac}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "born"])
        sheet.write(1, 0, "Ann")
        sheet.write(1, 1, 10000, book.add_format({"num_format": "d.m.yyyy"}))
    assert rows(one(tmp_path / "a.xlsx", work)) == [(2, "Ann", day)]


def merged(path: Path, table: list[list[object]], ranges: list[str]) -> Path:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    for each in ranges:
        book.active.merge_cells(each)
    book.save(path)
    return path


def test_merged_cells_say_the_same_of_each_of_their_rows(tmp_path: Path, work: Path) -> None:
    table: list[list[object]] = [
        ["order no", "day", "product", "qty", "order total"],
        [1001, dt.date(2026, 3, 5), "P1", 1, 60],
        [None, None, "P2", 1, None],
        [None, None, "P3", None, None],
        [1002, dt.date(2026, 3, 6), "P1", 2, 20],
        ["合计", None, None, 4, 80],
    ]
    ranges = ["A2:A4", "B2:B4", "E2:E4", "D3:D4", "A6:C6"]
    sheet = one(merged(tmp_path / "a.xlsx", table, ranges), work)
    assert rows(sheet) == [
        (2, "1001", "2026-03-05", "P1", "1", "60"),
        (3, "1001", "2026-03-05", "P2", "1", None),
        (4, "1001", "2026-03-05", "P3", None, None),
        (5, "1002", "2026-03-06", "P1", "2", "20"),
    ]
    assert "Merged cells: 2 value(s) filled" in said(sheet)
    assert "stands in the first alone: qty, order total" in said(sheet)


def test_merged_cells_fill_no_blank_row(tmp_path: Path, work: Path) -> None:
    table: list[list[object]] = [
        ["store", "product"],
        ["西湖店", "茶"],
        [None, "酒"],
        [None, None],
        [None, None],
    ]
    sheet = one(merged(tmp_path / "a.xlsx", table, ["A2:A5"]), work)
    assert rows(sheet) == [(2, "西湖店", "茶"), (3, "西湖店", "酒")]


def test_headings_merged_over_rows_stay_one(tmp_path: Path, work: Path) -> None:
    table: list[list[object]] = [
        ["sales of 2026"],
        ["store", "product", "sold"],
        [None, None, "pieces"],
        ["West", "tea", 1],
    ]
    sheet = one(merged(tmp_path / "a.xlsx", table, ["A2:A3", "B2:B3"]), work)
    assert (sheet.header_row, sheet.columns) == (2, ("store", "product", "sold"))
    assert rows(sheet) == [(3, None, None, "pieces"), (4, "West", "tea", "1")]


def test_of_a_binary_workbook_it_is_said_that_formats_are_not_read(tmp_path: Path, work: Path) -> None:
    [sheet] = read(binary(tmp_path / "codes.xlsb", ["code", "price"], [42.0, 12.5], [43.0, 0.15]), work=work)
    assert rows(sheet) == [(2, "42", "12.5"), (3, "43", "0.15")]
    assert "Save it as XLSX" in said(sheet)


def binary(path: Path, *table: list[float | str]) -> Path:
    """A workbook in the binary format of Excel, [MS-XLSB], with as little as a reader needs."""
    cells = b"".join(
        _record(0, struct.pack("<I", row) + bytes(13))
        + b"".join(
            _record(6, struct.pack("<II", column, 0) + _wide(cell))
            if isinstance(cell, str)
            else _record(5, struct.pack("<IId", column, 0, cell))
            for column, cell in enumerate(line)
        )
        for row, line in enumerate(table)
    )
    extent = _record(0x94, struct.pack("<4I", 0, len(table) - 1, 0, len(table[0]) - 1))
    sheet = _record(0x81) + extent + _record(0x91) + cells + _record(0x92) + _record(0x82)
    bundle = _record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet1"))
    book = _record(0x83) + _record(0x8F) + bundle + _record(0x90) + _record(0x84)
    schema = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{schema}" Target="worksheets/sheet1.bin"/></Relationships>',
        )
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + bytes([len(data)]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
