"""What a mapping file says of a shape is the shape that was written into it."""

from dataclasses import fields

import pytest

from shuke.collect.shapes import described
from shuke.collect.shapes.described import Described
from shuke.collect.shapes.shape import (
    Carry,
    Dated,
    Employer,
    Ledger,
    Melt,
    Returns,
    Settlement,
    Shape,
    Split,
    Survey,
)

MONTHS = ("Jan", "Feb", "Mar")

SHAPES = (
    Shape(header_rows=2, headings_above=1),
    Shape(carry=(Carry(("Order", "Date")), Carry(("Store",), within="Order"))),
    Shape(split=Split("items")),
    Shape(split=Split("items", "each")),
    Shape(survey=Survey(("How?", "Why?"), (("Timestamp", "answered at"),))),
    Shape(melt=Melt(MONTHS, "date", "amount", 2024, ("Total",), "plans")),
    Shape(melt=Melt(MONTHS, "date", "amount", beside=(("quantity", ("Jan qty", "Feb qty", "Mar qty")),))),
    Shape(melt=Melt(MONTHS, "date", "amount", "Year")),
    Shape(dated=Dated("Month")),
    Shape(dated=Dated("Month", 2024), melt=Melt(("North", "South"), "store", "amount")),
    Shape(dated=Dated("Month", "Year")),
    Shape(settlement=Settlement("Invoice", "Amount", None, None, "Balance", decimal=",")),
    Shape(ledger=Ledger("Credit", "Debit")),
    Shape(returns=Returns("Order No", (("Return Date", "order date"),))),
    Shape(employer=Employer("Company", (("Company phone", "phone"),))),
    Shape(returns=Returns("Order No", whole=True), kind="orders"),
)


def test_every_way_in_which_a_shape_can_be_untidy_is_tried():
    plain = Shape()
    tried = {
        f.name for f in fields(Shape) for one in SHAPES if getattr(one, f.name) != getattr(plain, f.name)
    }
    assert tried == {f.name for f in fields(Shape)}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_shape_that_was_written_down_is_read_again(tmp_path, shape):
    path, told = tmp_path / "till.toml", Described("till.csv", ("a", "b"), shape)
    described.save(path, told)
    assert described.load(path) == (told,)
