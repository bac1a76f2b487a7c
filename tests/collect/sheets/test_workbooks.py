import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from shuke.collect.sheets import Kind, Sheet, read
from shuke.collect.sheets.workbooks import as_text
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
    assert kinds == {1: Kind.TITLE, 2: Kind.TITLE, 6: Kind.TOTAL, 8: Kind.TOTAL, 9: Kind.FOOTER}
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
