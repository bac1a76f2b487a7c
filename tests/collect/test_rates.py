"""Rates: a share of the price is never taken for an amount of money."""

from decimal import Decimal

import ibis
import pytest

from shuke.collect.infer import infer
from shuke.collect.mapping import Reading
from shuke.collect.values import Home, read
from shuke.errors import UnsureMapping
from shuke.tables import Type
from tests.collect.desk import INVOICE

HEADERS = ("order no", "order date", "customer id", "product id", "quantity", "unit price")


def shares(how: Reading):
    return lambda text: read(text, Type.SHARE, how, Home("UTC"))


def test_a_share_is_read_as_people_write_it(column):
    told = {"15%": "0.15", "12.5 %": "0.125", "0.15": "0.15", "8.5折": "0.15", "85折": "0.15", "9折": "0.1"}
    assert column(list(told), shares(Reading())) == [Decimal(share) for share in told.values()]
    assert column(["15", "abc", "-3"], shares(Reading())) == [None] * 3
    assert column(["15", "15%", "0.5"], shares(Reading(scale="percent"))) == [
        Decimal("0.15"),
        Decimal("0.15"),
        Decimal("0.005"),
    ]


def test_a_percentage_is_no_amount_of_money(column):
    assert column(["10%", "１０％"], lambda t: read(t, Type.MONEY, Reading(), Home("UTC"))) == [None, None]


def taken(desk, header, *cells):
    rows = [(f"A{n}", "2026-03-05", f"C{n}", "P1", 1, 200, cell) for n, cell in enumerate(cells)]
    desk.take("till", desk.write("till.csv", (*HEADERS, header), *rows))
    return [row[1:] for row in desk.now("order_items", "order_no", "discount", "discount_rate", "tax_rate")]


def test_a_sign_in_the_cells_makes_a_discount_or_a_tax_a_share(desk):
    assert taken(desk, "line discount", "10%", "0%") == [
        (None, Decimal("0.1"), None),
        (None, Decimal(0), None),
    ]


def test_a_header_may_say_that_its_numbers_are_hundredths(desk):
    assert taken(desk, "VAT %", "20", "5") == [(None, None, Decimal("0.2")), (None, None, Decimal("0.05"))]


def test_a_column_of_shares_and_amounts_is_read_cell_by_cell(desk):
    assert taken(desk, "line discount", "10%", "0.50", "3") == [
        (None, Decimal("0.1"), None),
        (Decimal("0.5"), None, None),
        (Decimal(3), None, None),
    ]


def test_numbers_between_nought_and_one_are_asked(desk):
    with pytest.raises(UnsureMapping, match=r"order_items\.discount_rate"):
        taken(desk, "Discount", "0.15", "0", "0.05")


#: What the lines come to, with the figure beside each.
SUMS = {
    "share": ([2, 100, "0.15", 170], [1, 50, "0.05", "47.50"]),
    "percent": ([2, 100, "15", 170], [1, 50, "5", "47.50"]),
    "paid": ([2, 100, "0.85", 170], [1, 50, "0.95", "47.50"]),
    "amount": ([2, 100, "0.15", "199.85"], [1, 50, "0.05", "49.95"]),
}


def _guessed(header, columns, *rows):
    cells = {"__row__": list(range(2, 2 + len(rows)))}
    names = ["order no", "order date", "customer id", "product id", *columns, header]
    told = [[f"A{n}", "2026-03-05", f"C{n}", "P1", *map(str, row)] for n, row in enumerate(rows)]
    cells |= {name: list(cell) for name, cell in zip(names, zip(*told, strict=True), strict=True)}
    return infer(ibis.memtable(cells), name="till.csv")


@pytest.mark.parametrize("figure", SUMS)
def test_what_the_lines_come_to_shows_what_a_discount_is(figure):
    rows = [[quantity, price, amount, said] for quantity, price, said, amount in SUMS[figure]]
    found = _guessed("Discount", ["quantity", "unit price", "line total"], *rows)
    reading = found.layout.columns["Discount"]
    assert not found.ambiguities
    assert reading.to == (("order_items.discount",) if figure == "amount" else ("order_items.discount_rate",))
    assert (reading.scale or "share") == {"amount": "share"}.get(figure, figure)


@pytest.mark.parametrize("header", ["VAT", "TVA", "税额"])
def test_a_plain_tax_rate_beside_what_each_line_came_to_is_a_rate_or_asked(header):
    on_top = _guessed(
        header, ["quantity", "unit price", "line total"], [1, 10, 12, "0.2"], [3, 20, 72, "0.2"]
    )
    assert [to.split(".")[1] for to in on_top.layout.columns[header].to] == ["tax_rate"]
    for rate in ("0.2", "20"):
        unclear = _guessed(header, ["quantity", "line total"], [1, 10, rate], [3, 20, rate])
        [ambiguity] = [ambiguity for ambiguity in unclear.ambiguities if ambiguity.column == header]
        assert [choice.reading.scale for choice in ambiguity.choices] == [
            None if rate == "0.2" else "percent",
            None,
        ]


def test_a_tax_that_grows_with_the_lines_is_money():
    found = _guessed("Tax", ["quantity", "line total"], [1, "1.00", "0.20"], [3, "4.00", "0.80"])
    assert (found.ambiguities, found.layout.columns["Tax"].to) == ((), ("order_items.tax",))


def test_a_rate_on_an_order_is_no_amount_and_rejects_nothing(desk):
    columns = ["order no", "order date", "customer id", "order total", "tax"]
    receipt = desk.take("web", desk.write("web.csv", columns, ["A1", "2026-03-05", "C1", "12.00", "20%"]))
    assert receipt.rejected == 0
    assert desk.now("orders", "tax", "tax_rate") == [(None, Decimal("0.2"))]


def test_a_percentage_among_prices_is_put_aside_with_its_reason(desk):
    receipt = desk.bring("shop", INVOICE, ("I1", "2026-03-05", "P1", "Tea", 1, "10%", "C1"))
    (reject,) = desk.rejects(receipt)
    assert (reject["whole"], "percentage" in reject["reason"]) == (True, True)


def test_a_discount_may_be_what_remains_to_be_paid(column):
    found = column(["0.85", "8.5", "85", "15%", "8.5折"], shares(Reading(scale="paid")))
    assert [str(value)[:4] for value in found] == ["0.15"] * 5
