"""Wide: a column a month becomes a row a month, of what the file says its figures are."""

import pytest

from shuke.collect.preview import preview
from shuke.collect.shapes.wide import period

MONTHS = ["Store", "Product", "2026-01", "2026-02", "2026-03", "Total"]


def seen(desk, name, columns, *rows):
    [one] = preview(desk.project, "months", [desk.write(name, columns, *rows)])
    return one


def test_each_figure_is_a_row_and_the_sums_are_left_out(desk):
    path = desk.write("sales.csv", MONTHS, ["North", "Tea", "100.50", "120.00", "0", "220.50"],
                      ["South", "Tea", "80.00", None, "100.25", "180.25"])  # fmt: skip
    receipt = desk.take("months", path)
    assert (receipt.read, receipt.loaded) == (2, 2)
    lines = desk.now("order_items", "ordered_at", "store_id", "amount")
    assert [(str(at)[:10], store, str(amount)) for at, store, amount in lines] == [
        ("2026-01-01", "North", "100.5000"),
        ("2026-01-01", "South", "80.0000"),
        ("2026-02-01", "North", "120.0000"),
        ("2026-03-01", "South", "100.2500"),
    ]


def test_figures_without_goods_are_the_same_orders_in_the_next_file(desk):
    january = desk.write("sales 2026.csv", ["Store", "Jan", "Feb", "Mar"], ["North", 100, 120, 90])
    later = desk.write("sales 2026 b.csv", ["Store", "Jan", "Feb", "Mar", "Apr"], ["North", 100, 120, 90, 80])
    desk.take("months", january)
    desk.take("months", later)
    assert [str(amount) for (amount,) in desk.now("order_items", "amount")] == [
        "100.0000", "120.0000", "80.0000", "90.0000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "of", "value"),
    [
        ("sales plan 2026.csv", "plans", "amount"),
        ("2026 预算.csv", "budgets", "amount"),
        ("marketing costs 2026.csv", "expenses", "amount"),
        ("units sold 2026.csv", "order_items", "quantity"),
    ],
)
def test_the_file_says_what_its_figures_are(desk, name, of, value):
    found = seen(desk, name, ["Store", "Jan", "Feb", "Mar"], ["North", 1, 2, 3], ["South", 4, 5, 6])
    assert not found.found.asked
    assert (found.found.described.shape.melt.of, found.found.described.shape.melt.value) == (of, value)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["Store", "Jan", "Feb", "Mar"], id="no year"),
        pytest.param(["Store", "2026-01", "2026-02", "2026-03"], id="no word for the figures"),
    ],
)
def test_what_nothing_says_is_asked(desk, columns):
    found = seen(desk, "shops.csv", columns, ["North", 1, 2, 3], ["South", 4, 5, 6])
    assert [choice.described.shape.melt is None for choice in found.found.ambiguities[0].choices][-1]


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("2024-01", (2024, 1)), ("2024/3", (2024, 3)), ("2024年11月", (2024, 11)), ("202405", (2024, 5)),
        ("05.2024", (2024, 5)), ("Jan", (None, 1)), ("March 2024", (2024, 3)), ("Sep-24", (2024, 9)),
        ("12月", (None, 12)), ("十二月", (None, 12)), ("十月", (None, 10)),
        ("Sales 2024-01", (2024, 1)), ("3月销量", (None, 3)), ("Sales", None), ("Plan 2024 Q2", (2024, 4)),
        ("März 24", (2024, 3)), ("2024 Q2", (2024, 4)), ("Q3 2024", (2024, 7)),
        ("第四季度", (None, 10)), ("2024", (2024, 1)), ("2024-01-01 00:00:00", (2024, 1)),
        ("Market", None), ("May I call you?", None), ("13月", None), ("2024-13", None), ("Total", None),
    ],
)  # fmt: skip
def test_headings_that_name_a_period(heading, meant):
    assert period(heading) == meant


@pytest.mark.parametrize(
    "columns",
    [
        ["Store", "Sales Jan", "Qty Jan", "Sales Feb", "Qty Feb", "Total Sales"],
        ["门店", "1月销售额", "1月销量", "2月销售额", "2月销量", "合计"],
        ["Store", "Jan/Amount", "Jan/Units", "Feb/Amount", "Feb/Units", "Total"],
    ],
)
def test_an_amount_and_a_quantity_a_month_are_one_row_a_month(desk, columns):
    found = seen(
        desk,
        "2026 sales.csv",
        columns,
        ["North", "9.50", 1, "8.50", 2, "18"],
        ["South", "7.50", 3, "6", 4, "9"],
    )
    assert not found.found.asked
    told = [(row["date"], row["amount"], row["quantity"]) for row in found.rows.to_pylist()]
    assert told == [
        ("2026-01-01", "9.50", "1"), ("2026-02-01", "8.50", "2"),
        ("2026-01-01", "7.50", "3"), ("2026-02-01", "6", "4"),
    ]  # fmt: skip


def test_of_several_other_figures_a_month_it_is_asked_what_is_meant(desk):
    columns = ["Store", "Plan Jan", "Sales Jan", "Plan Feb", "Sales Feb"]
    found = seen(desk, "2026.csv", columns, ["North", "9.50", 1, "8.50", 2], ["South", "7.50", 3, "6.50", 4])
    [ambiguity] = found.found.asked
    assert 'without = ["Sales Jan", "Sales Feb"]' in ambiguity.choices[0].line


def test_years_of_words_are_no_figures(desk):
    found = seen(desk, "a.csv", ["Name", "2022", "2023", "2024"], ["Ann", "gold", "gold", "silver"],
                 ["Bob", "none", "silver", "gold"])  # fmt: skip
    assert found.found.described.shape.melt is None
