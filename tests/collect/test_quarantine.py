"""What cannot be accepted is put aside with its place and the reason; the rest lands."""

import json
from pathlib import Path
from typing import Any

import pytest

from shuke.errors import ShukeError, WrongCall
from shuke.store.landing import Receipt
from tests.collect.desk import INVOICE, Desk, open_desk

COLUMNS = INVOICE | {"Phone": "identifiers.phone", "Drawer": "further"}
GOOD = ("1001", "2026-11-02 10:15", "TEA", "Tea", 2, "4.50", "C1", "07700 900123", "3")


def _but(**cells: str) -> tuple[Any, ...]:
    return tuple(cells.get(header, said) for header, said in zip(COLUMNS, GOOD, strict=True))


#: row of the file -> what is wrong with it
ROWS = {
    2: GOOD,
    3: _but(Invoice="6.2E+17"),
    4: _but(Date="the day before"),
    5: _but(Price="dear"),
    6: _but(Qty="many", Date="32/13/2026"),
    7: _but(Phone="12"),
    8: _but(Qty=""),
    9: _but(Price="", Customer=""),
    10: _but(Item="", Customer="", Phone="", Invoice=""),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return open_desk(tmp_path_factory.mktemp("quarantine"))


@pytest.fixture(scope="module")
def receipt(desk: Desk) -> Receipt:
    return desk.bring("till", COLUMNS, *ROWS.values())


@pytest.fixture(scope="module")
def rejects(desk: Desk, receipt: Receipt) -> list[dict[str, Any]]:
    return desk.rejects(receipt)


def _of_row(rejects: list[dict[str, Any]], row: int) -> list[tuple[Any, ...]]:
    return [(r["column"], r["value"], r["whole"]) for r in rejects if r["row"] == row]


def test_every_row_is_accounted_for(receipt: Receipt, rejects: list[dict[str, Any]]) -> None:
    assert (receipt.read, receipt.loaded, receipt.unchanged, receipt.rejected) == (9, 3, 0, 6)
    assert len({reject["row"] for reject in rejects if reject["whole"]}) == receipt.rejected
    assert sum(not reject["whole"] for reject in rejects) == receipt.bad_cells == 1


def test_a_reject_says_where_it_stood_and_what_would_have_been_accepted(
    rejects: list[dict[str, Any]],
) -> None:
    [price] = [reject for reject in rejects if reject["row"] == 5]
    assert {name: price[name] for name in ("file", "sheet", "row", "column", "value", "whole")} == {
        "file": "till-0.csv", "sheet": None, "row": 5, "column": "Price", "value": "dear", "whole": True
    }  # fmt: skip
    assert price["reason"] == (
        "is not an amount; accepted, for example: 1299, 1,299.00, ¥1,299.00, 1.299,00 €"
    )


def test_a_rejected_row_is_kept_whole_so_that_it_can_be_mended(rejects: list[dict[str, Any]]) -> None:
    [price] = [reject for reject in rejects if reject["row"] == 5]
    assert json.loads(price["content"]) == {
        "Invoice": "1001", "Date": "2026-11-02 10:15", "Code": "TEA", "Item": "Tea", "Qty": "2",
        "Price": "dear", "Customer": "C1", "Phone": "07700 900123", "Drawer": "3",
    }  # fmt: skip


def test_an_order_number_that_excel_shortened_is_refused_with_the_reason(
    rejects: list[dict[str, Any]],
) -> None:
    [order] = [reject for reject in rejects if reject["row"] == 3]
    assert (order["column"], order["value"], order["whole"]) == ("Invoice", "6.2E+17", True)
    assert order["reason"] == (
        "was shortened by Excel and its last digits are lost; export the column as text"
    )


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (2, []),
        (4, [("Date", "the day before", True)]),
        (6, [("Date", "32/13/2026", True), ("Qty", "many", True)]),
        (7, [("Phone", "12", False)]),
        (8, [("Qty", None, True)]),
        (9, [("Price", None, True)]),
        (10, []),
    ],
)
def test_what_is_wrong_with_a_row(
    rejects: list[dict[str, Any]], row: int, found: list[tuple[Any, ...]]
) -> None:
    assert sorted(_of_row(rejects, row)) == found


def test_an_impossible_phone_costs_the_cell_and_not_the_row(
    desk: Desk, receipt: Receipt, rejects: list[dict[str, Any]]
) -> None:
    assert desk.now("order_items", "row", "order_no", "record_id") == [
        (10, None, None), (2, "1001", "C1"), (7, "1001", "C1")
    ]  # fmt: skip
    assert desk.now("identifiers", "kind", "value") == [("phone", "07700 900123")]
    [phone] = [reject for reject in rejects if reject["row"] == 7]
    assert phone["reason"] == (
        "is not a phone number; accepted, for example: 138 0013 9000, +44 20 7946 0958"
    )
    assert phone["content"] is None


def test_a_rejected_row_feeds_no_table_at_all(desk: Desk) -> None:
    receipt = desk.bring("web", COLUMNS, _but(Price="dear", Customer="C9", Code="NEW"), GOOD)
    assert receipt.rejected == 1
    assert [record for source, record in desk.now("people", "source", "record_id") if source == "web"] == [
        "C1"
    ]
    assert ("NEW",) not in desk.now("products", "product_id")


def test_a_row_with_more_cells_than_the_header_is_put_aside_and_the_others_land(desk: Desk) -> None:
    desk.means("torn", INVOICE)
    torn = ("1002", "2026-11-02 10:15", "TEA", "Tea", 2, "4.50", "C1", "and", "more")
    receipt = desk.take(
        "torn", desk.write("torn.csv", list(INVOICE), GOOD[:7], torn, (*torn[:4], 1, "7.00", "C2"))
    )
    assert receipt.read == 3
    assert receipt.loaded == 3 - receipt.rejected
    assert len({reject["row"] for reject in desk.rejects(receipt)}) == receipt.rejected


def test_a_mended_row_lands_with_the_next_delivery(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.bring("till", INVOICE, GOOD[:7], (*GOOD[:5], "dear", "C1"))
    mended = desk.bring("till", INVOICE, GOOD[:7], (*GOOD[:5], "7.00", "C1"))
    assert (mended.loaded, mended.unchanged, mended.rejected) == (1, 1, 0)


def test_an_error_names_the_file_and_the_column_and_never_a_value(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    path = desk.write("misc.csv", ["Name", "Phone"], ("Ann Lee", "07700 900123"))
    desk.means("misc", {"Name": "further", "Phone": "further"})
    wrong = desk.project.mappings / "odd.toml"
    wrong.write_text('[[layout]]\n[layout.columns]\n"Name" = "people.nmae"\n"Phone" = "ignore"\n', "utf-8")
    for source, error in (("misc", ShukeError), ("odd", WrongCall)):
        with pytest.raises(error) as caught:
            desk.take(source, path)
        assert "900123" not in str(caught.value)
        assert "Ann" not in str(caught.value)
    assert desk.project.landing.receipts() == []


def test_of_an_article_only_the_price_is_put_aside_whose_currency_nobody_knows(desk):
    columns = {"SKU": "products.product_id", "Name": "products.name", "Price": "products.list_price"}
    receipt = desk.bring("goods", columns, ("T1", "Tea", "$4.50"), ("C1", "Cup", "7"))
    assert (receipt.loaded, receipt.rejected) == (2, 0)
    assert [(reject["value"], reject["whole"]) for reject in desk.rejects(receipt)] == [("$4.50", False)]
    told = dict(desk.now("products", "product_id", "list_price"))
    assert (str(told["C1"]), told["T1"]) == ("7.0000", None)


def test_who_has_no_limit_or_no_parent_is_a_customer_all_the_same(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    limits = {"No": "people.record_id", "Firm": "people.organisation", "Limit": "credit_limits.limit"}
    receipt = desk.bring("books", limits, ("1", "Acme", ""), ("2", "Bolt", "500"), ("3", "", ""))
    assert (receipt.loaded, receipt.rejected) == (2, 1)  # the third row says nothing of anybody
    assert receipt.tables == {"people": 2, "credit_limits": 1}
    groups = {"Firm": "people.organisation", "Part of": "organisation_parents.parent_record_id"}
    receipt = desk.bring("crm", groups | {"No": "people.record_id"}, ("Acme", "", "1"), ("Bolt", "1", "2"))
    assert (receipt.tables["people"], receipt.tables["organisation_parents"]) == (2, 1)


def test_a_day_that_nothing_says_how_to_read_names_what_to_write(desk):
    columns = {"Order": "orders.order_no", "Day": "orders.ordered_at", "Total": "orders.total"}
    receipt = desk.bring("web", columns, ("1", "03/05/2024", "7.00"))
    [reject] = desk.rejects(receipt)
    assert 'order = "dmy"' in reject["reason"]
