"""Headings: the names of columns may take several rows, and a row of data is none of them."""

import pytest

from shuke.collect.preview import preview

IMPORTED = '{"ImportId":"%s"}'


def seen(desk, *rows):
    header, *others = rows
    [one] = preview(desk.project, "any", [desk.write("any.csv", header, *others)])
    return one


def columns(desk, *rows):
    return list(seen(desk, *rows).sheet.columns)


def test_groups_stand_over_their_columns(desk):
    found = seen(
        desk,
        ["Customer", None, "Order", None, "Product", None],
        ["Name", "Phone", "No", "Date", "Name", "Price"],
        ["Ann Lee", "13912345678", "A1", "2026-01-05", "Tea", "12.50"],
        ["Bob Ray", "13912345679", "A2", "2026-01-06", "Cup", "20.00"],
    )
    assert list(found.sheet.columns) == [
        "Customer/Name", "Customer/Phone", "Order/No", "Order/Date", "Product/Name", "Product/Price",
    ]  # fmt: skip
    assert found.sheet.rows == 2
    assert found.found.layout.columns["Customer/Name"].to == ("people.name",)
    assert found.found.layout.columns["Product/Name"].to == ("products.name",)


def test_merged_headings_name_the_columns_that_they_stand_over_and_no_others(desk):
    found = seen(
        desk,
        ["单号", "日期", "客户", None, "金额", None, "备注"],
        [None, None, "姓名", "手机", "应收", "实收", None],
        ["A1", "2026-01-05", "张三", "13912345678", "12.50", "12", "好"],
        ["A2", "2026-01-06", "李四", "13912345679", "20.00", "20", "快"],
    )
    told = {header: reading.to for header, reading in found.found.layout.columns.items()}
    assert list(told) == ["单号", "日期", "客户姓名", "客户手机", "金额/应收", "实收", "备注"]
    assert told["客户姓名"] == ("people.name",)
    assert told["客户手机"] == ("identifiers.phone",)
    assert [str(note) for note in found.sheet.notes if "rows 1 to 2" in str(note)]


def test_of_two_names_for_a_column_the_one_that_is_understood_holds(desk):
    found = columns(
        desk,
        ["vbeln", "订单日期", "数量"], ["Order no", "Order date", "Qty"],
        ["A1", "2026-01-05", "1"], ["A2", "2026-01-06", "2"],
    )  # fmt: skip
    assert found == ["Order no", "订单日期", "数量"]


def test_what_a_survey_program_writes_below_its_header_is_no_answer(desk):
    found = seen(
        desk,
        ["StartDate", "RecipientEmail", "Q1"], ["Start Date", "Recipient Email", "How likely are you?"],
        [IMPORTED % "startDate", IMPORTED % "recipientEmail", IMPORTED % "QID1"],
        ["2024-07-18 08:28:09", "ann@example.com", "9"], ["2024-07-19 08:28:09", "bob@example.com", "3"],
    )  # fmt: skip
    assert found.sheet.rows == 2
    assert [skipped.row for skipped in found.sheet.skipped] == [2, 3]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(["A1", "2026-01-05", "unknown"], id="an amount that nobody knew"),
        pytest.param(["A1", "n/a", "n/a"], id="nothing known"),
        pytest.param(["Ann", "Bob", "Cid"], id="texts as below"),
    ],
)
def test_a_row_of_data_is_no_heading(desk, first):
    below = [["A2", "2026-01-06", "20.00"], ["A3", "2026-01-07", "30.00"]]
    if first[0] == "Ann":
        below = [["Ann", "Dan", "Eve"], ["Bob", "Fay", "Cid"]]
    found = seen(desk, ["Order no", "Order date", "Total"], first, *below)
    assert found.sheet.rows == 3


def test_a_row_of_titles_names_no_groups_where_each_column_has_a_name_of_its_own(desk):
    found = columns(
        desk,
        ["Sales", None, None, "North"], ["Order no", "Order date", "Customer", "Total"],
        ["A1", "2026-01-05", "Ann", "12.50"], ["A2", "2026-01-06", "Bob", "20.00"],
    )  # fmt: skip
    assert found == ["Order no", "Order date", "Customer", "Total"]


def test_how_many_rows_are_headings_can_be_said(desk):
    written = desk.project.mappings / "any.toml"
    written.parent.mkdir(exist_ok=True)
    written.write_text('[[shape]]\ncolumns = ["Code", "Word"]\nheader_rows = 2', "utf-8")
    assert columns(desk, ["Code", "Word"], ["Product code", "Brand"], ["T1", "Tea"], ["C1", "Cup"]) == [
        "Product code", "Brand",
    ]  # fmt: skip
