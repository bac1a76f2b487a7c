"""Rates: a share of the price is never taken for an amount of money."""

from decimal import Decimal

import pytest

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


def test_a_percentage_among_prices_is_put_aside_with_its_reason(desk):
    receipt = desk.bring("shop", INVOICE, ("I1", "2026-03-05", "P1", "Tea", 1, "10%", "C1"))
    (reject,) = desk.rejects(receipt)
    assert (reject["whole"], "percentage" in reject["reason"]) == (True, True)


def test_a_discount_may_be_what_remains_to_be_paid(column):
    found = column(["0.85", "8.5", "85", "15%", "8.5折"], shares(Reading(scale="paid")))
    assert [str(value)[:4] for value in found] == ["0.15"] * 5
