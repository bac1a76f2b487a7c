from datetime import date

import ibis
import ibis.expr.types as ir
import pytest

from shuke.errors import UnknownTable
from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="day",
    title=Text("Days", "日"),
    columns=[
        Column("day", Type.DATE, Text("Day", "日")),
        Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency"),
    ],
    area="dealings",
)
def days(purchases: ir.Table, orders: ir.Table, *, as_of: date, least: float = 2.0) -> ir.Table:
    """Days of sale.

    One row per day.
    """
    return purchases.group_by("day").agg(amount=purchases.amount.sum() * least)


@days.chart
def picture(rows: ir.Table) -> str:
    return "picture"


@days.sentence
def sentence(rows: ir.Table) -> Text:
    return Text("words", "话")


def test_a_signature_is_the_whole_declaration():
    assert (days.name, days.key, days.area) == ("days", ("day",), "dealings")
    assert days.reads == ("purchases", "orders")
    assert list(days.keywords) == ["as_of", "least"]
    assert days.parameters == {"least": (float, 2.0)}  # what the build answers is nobody's to ask
    assert days.doc == "Days of sale.\n\nOne row per day."


def test_the_schema_is_that_of_the_columns():
    assert days.schema == ibis.schema({"day": "date", "amount": "decimal(18, 4)"})
    assert days["amount"].unit == "currency"
    with pytest.raises(UnknownTable, match="Table days has no column amuont"):
        days["amuont"]


def test_it_can_be_called_as_the_function_that_it_is():
    purchases = ibis.table({"day": "date", "amount": "decimal(18, 4)"}, name="purchases")
    made = days(purchases, purchases, as_of=date(2026, 1, 1), least=3.0)
    assert made.columns == ("day", "amount")


def test_pictures_and_sentences_are_kept_with_their_table():
    assert days.charts == [picture]
    assert days.sentences == [sentence]
