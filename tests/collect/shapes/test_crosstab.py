"""Crosstab: figures of a day in one column a store or a product become one row each, as a person answers."""

import pytest

from shuke.collect import layouts
from shuke.collect.preview import preview
from shuke.errors import UnsureMapping

STORES = ["Date", "North", "South", "Airport"]
DAYS = (["2026-01-05", "120.50", "80.00", "0"], ["2026-01-06", "99.00", "75.25", None])


def seen(desk, columns, *rows, name="takings.csv"):
    [one] = preview(desk.project, "wide", [desk.write(name, columns, *rows)])
    return one.found


def answers(found):
    """The possible shapes: what the headings become, what the figures are, and whose."""
    [ambiguity] = found.asked
    melts = [choice.described.shape.melt for choice in ambiguity.choices]
    return [melt and (melt.name, melt.value, melt.of) for melt in melts]


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("store", "order_items", "store_id"),
        ("product name", "order_items", "product_name"),
        ("payment method", "orders", "payment"),
    ],
)
def test_no_column_is_lost_whatever_the_columns_are(desk, name, table, column):
    path = desk.write("takings.csv", STORES, *DAYS)
    with pytest.raises(UnsureMapping, match=r"“North”, “South”, “Airport”"):
        desk.take("wide", path)
    [one] = preview(desk.project, "wide", [path])
    [ambiguity] = one.found.asked
    ways = [choice for choice in ambiguity.choices if isinstance(choice, layouts.Reshaped)]
    meant = next(c for c in ways if c.described.shape.melt and c.described.shape.melt.name == name)
    layouts.reshape(desk.project, "wide", meant)
    desk.take("wide", path)
    sold = [(at.day, str(amount)) for at, amount in desk.now("order_items", "ordered_at", "amount")]
    assert sold == [(5, "120.5000"), (5, "80.0000"), (6, "75.2500"), (6, "99.0000")]
    assert {told for (told,) in desk.now(table, column)} == {"North", "South"}


def test_costs_and_plans_are_no_sales(desk):
    found = seen(desk, ["日期", "房租", "工资"], ["2026-01-05", "120.50", "80.00"], name="费用.csv")
    assert answers(found) == [("cost centre", "amount", "expenses"), None]
    found = seen(desk, STORES, *DAYS, name="sales plan.csv")
    assert answers(found) == [("store", "amount", "plans"), ("product name", "amount", "plans"), None]


def test_whole_numbers_may_be_pieces(desk):
    found = seen(desk, ["日期", "茶叶", "咖啡"], ["2026-01-05", 12, 8], ["2026-01-06", 9, 7])
    assert ("product name", "quantity", "order_items") in answers(found)
    found = seen(desk, ["日期", "茶叶销量", "咖啡销量"], ["2026-01-05", 12, 8], ["2026-01-06", 9, 7])
    assert {value for _, value, of in filter(None, answers(found)) if of == "order_items"} == {"quantity"}


def test_what_another_column_says_the_headings_do_not(desk):
    rows = (["2026-01-05", "A", 12, 8, 20], ["2026-01-06", "B", 9, 7, 16])
    found = seen(desk, ["Date", "Store", "Tea", "Coffee", "Total"], *rows)
    assert ("store", "amount", "order_items") not in answers(found)
    assert found.described.shape.melt.without == ("Total",)


def test_the_currency_of_the_headings_is_that_of_the_figures(desk):
    found = seen(desk, ["Date", "North (EUR)", "South (EUR)"], ["2026-01-05", 12, 8], ["2026-01-06", 9, 7])
    assert found.layout.constants == {"orders.currency": "EUR"}


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["Date", "Order ID", "Weight", "Height", "Total"], id="a sum of its own"),
        pytest.param(["Date", "Customer", "Weight", "Height", "Pulse"], id="of a person"),
        pytest.param(["Name", "Weight", "Height", "Pulse", "Age"], id="no day"),
        pytest.param(["Date", "SKU", "Qty", "Width", "Height"], id="pieces of something"),
        pytest.param(["Date", "Invoice", "Subtotal", "Shipping", "Total"], id="what is known"),
        pytest.param(["Date", "Who", "Money in", "Money out", "Balance"], id="a statement"),
    ],
)
def test_columns_that_are_no_parts_stay_as_they_are(desk, columns):
    found = seen(desk, columns, ["2026-01-05", 7, 12, 8, 21], ["2026-01-06", 8, 9, 7, 17])
    assert found.described.shape.melt is None


@pytest.mark.parametrize("day", ["Datum", "Fecha", "Jour", "Data", "日付", "日期"])
def test_the_day_is_known_in_every_language(desk, day):
    found = seen(
        desk, [day, "North", "South"], ["2026-01-05", "120.50", "80.00"], ["2026-01-06", "99", "75.25"]
    )
    assert ("store", "amount", "order_items") in answers(found)


@pytest.mark.parametrize(
    ("name", "month", "cells"),
    [("a.csv", "Month", ("2026-01", "2026-02")), ("takings 2026.csv", "Month", ("Jan", "Feb")),
     ("2026年营业额.csv", "月份", ("1月", "2月")), ("2026.csv", "Quarter", ("Q1", "Q2"))],
)  # fmt: skip
def test_figures_of_a_month_are_asked_about_like_those_of_a_day(desk, name, month, cells):
    rows = [[cell, "120.50", "80.00"] for cell in cells]
    found = seen(desk, [month, "North", "South"], *rows, name=name)
    assert ("store", "amount", "order_items") in answers(found)
    layouts.reshape(desk.project, "wide", found.asked[0].choices[0])
    [one] = preview(desk.project, "wide", [desk.folder / name])
    assert one.rows["date"][0].as_py() == "2026-01-01"
    assert not one.found.ambiguities
