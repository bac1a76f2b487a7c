"""Dealings that give no number: whose they are, how much and when lands all the same, or is asked."""

import json

import pytest

from shuke.collect.preview import preview
from shuke.errors import UnsureMapping


def bring(desk, columns, *rows):
    """What lands of a file whose columns nobody has described."""
    return desk.take("till", desk.write("sent.csv", columns, *rows))


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["donor", "email", "amount", "date"], id="donations"),
        pytest.param(["捐赠人", "邮箱", "金额", "日期"], id="Chinese donations"),
        pytest.param(["Spender", "E-Mail", "Betrag", "Datum"], id="German donations"),
        pytest.param(["Name", "Email", "Gift amount", "Gift date"], id="gifts"),
        pytest.param(["姓名", "邮箱", "消费金额", "消费日期"], id="a member's spending"),
    ],
)
def test_amounts_and_days_land_with_whoever_gave_them(desk, columns):
    bring(
        desk,
        columns,
        ["Ann Lee", "ann@example.org", "50.00", "2026-01-25"],
        ["Bob Ray", "bob@example.org", "25.00", "2026-02-26"],
        ["Ann Lee", "ann@example.org", "10.00", "2026-03-27"],
    )
    given = desk.now("order_items", "ordered_at", "amount", "record_id")
    assert [(at.month, str(amount)) for at, amount, _ in given] == [
        (1, "50.0000"),
        (2, "25.0000"),
        (3, "10.0000"),
    ]
    assert given[0][2] == given[2][2] != given[1][2]
    assert sorted(name for (name,) in desk.now("people", "name")) == ["Ann Lee", "Bob Ray"]


def test_the_takings_of_a_store_land_without_order_and_customer(desk):
    bring(desk, ["Date", "Store", "Sales"], ["2026-01-25", "North", "9.50"], ["2026-01-25", "South", "8.00"])
    assert [(s, str(a)) for s, a in desk.now("order_items", "store_id", "amount")] == [
        ("North", "9.5000"),
        ("South", "8.0000"),
    ]


def test_whoever_buys_is_known_by_a_mere_name_and_that_is_said(desk):
    receipt = bring(
        desk,
        ["Order", "Date", "Buyer", "Product", "Qty", "Amount"],
        [1, "2026-01-25", "Ann Lee", "Tea", 1, "9.50"],
        [2, "2026-01-26", "ann lee", "Cup", 2, "8.00"],
        [3, "2026-01-27", "Walk-in Customer", "Tea", 1, "9.50"],
        [4, "2026-01-28", None, "Tea", 1, "9.50"],
    )
    whose = [record for _, record in desk.now("orders", "order_no", "record_id")]
    assert whose[0] == whose[1] is not None
    assert whose[2:] == [None, None]
    assert any("2 rows give only a customer's name" in note for note in receipt.notes)
    [account] = receipt.accounts
    assert account.says["customer"] == 2


def test_family_and_given_name_are_a_name(desk):
    bring(
        desk,
        ["Date", "First name", "Last name", "Product", "Qty", "Amount"],
        ["2026-01-25", "Ann", "Lee", "Tea", 1, "9.50"],
        ["2026-01-26", "Ann", "Ray", "Cup", 2, "8.00"],
    )
    assert desk.now("people", "given_name", "family_name") == [("Ann", "Lee"), ("Ann", "Ray")]


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        (["Name", "Email", "Product", "Qty", "Amount", "Date"], "people.name"),
        (["Name", "Email", "Code", "Qty", "Amount", "Date"], "people.name"),
        (["Name", "Email", "SKU", "Qty", "Amount", "Date"], "products.name"),
        (["Name", "Store", "SKU", "Qty", "Amount", "Date"], "products.name"),
    ],
)
def test_a_mere_name_among_order_lines_is_a_person_where_it_cannot_be_the_product(desk, columns, target):
    rows = (
        ["Tea", "ann@example.org", "T1", 2, "5.50", "2026-01-25"],
        ["Cup", "bob@example.org", "C1", 1, "6", "2026-01-26"],
    )
    [one] = preview(desk.project, "till", [desk.write("sent.csv", columns, *rows)])
    assert one.found.layout.columns["Name"].to == (target,)


def test_what_no_table_takes_is_kept_as_a_further_attribute_and_named(desk):
    columns = ["Date", "Customer name", "Product", "Amount", "Payment", "Shipping"]
    receipt = bring(desk, columns, ["2026-01-25", "Ann Lee", "Tea", "9.50", "Card", "2.00"])
    [(further,)] = desk.now("order_items", "further")
    assert json.loads(further) == {"Payment": "Card", "Shipping": "2.00"}
    [account] = receipt.accounts
    assert [aside.column for aside in account.aside] == ["Payment", "Shipping"]


def test_where_a_number_is_lacking_the_column_that_may_be_it_is_asked(desk):
    rows = (["A1", "Ann Lee", "2026-02-25", "50.00"], ["A2", "Bob Ray", "2026-03-26", "25.00"])
    with pytest.raises(UnsureMapping, match=r'Ref = "invoices.invoice_no"'):
        bring(desk, ["Ref", "Customer", "Due date", "Amount"], *rows)
    receipt = bring(desk, ["Customer", "Due date", "Amount"], *(row[1:] for row in rows))
    assert any("without which amounts and days do not land" in note for note in receipt.notes)


@pytest.mark.parametrize("name", ["Público en general", "Publico en general", "Cliente balcão", "散客户"])
def test_whom_a_till_calls_a_guest_is_nobody(desk, name):
    bring(
        desk,
        ["Order", "Date", "Customer name", "Product", "Qty", "Amount"],
        [1, "2026-01-25", "Ann Lee", "Tea", 1, "9.50"],
        [2, "2026-01-26", name, "Cup", 2, "8.00"],
    )
    [(first, ann), (second, guest)] = desk.now("orders", "order_no", "record_id")
    assert (first, second) == ("1", "2")
    assert ann is not None and guest is None
