from datetime import date
from decimal import Decimal

import pytest

from shuke.analyses.market import customers_and_purchases, last_month, market
from shuke.errors import NotEnoughData
from shuke.profiles.customers import customers
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

SALES = [
    sold("anna", "2025-01-05", 100, region="Leeds"), sold("bert", "2025-01-06", 10, region="Leeds"),
    sold(None, "2025-01-07", 40, region="Bath"), sold("anna", "2025-03-05", 50, region="Leeds"),
    sold("cleo", "2025-03-09", 1000, region="Bath"), sold("bert", "2025-03-10", -10, region="Leeds"),
]  # fmt: skip
#: Dora and Emil are known and have never bought.
PEOPLE = [
    {"customer_id": "anna", "region": "Leeds", "first_seen": "2025-01-01"},
    {"customer_id": "bert", "region": "Leeds", "first_seen": "2025-01-01"},
    {"customer_id": "cleo", "region": "Bath", "first_seen": "2025-01-20"},
    {"customer_id": "dora", "region": "Bath", "first_seen": "2025-02-03"},
    {"customer_id": "emil", "first_seen": "2025-02-03"},
]


def made(desk: Tables, figures: list[Row], rows: list[Row] = SALES, as_of: date = date(2025, 12, 31)):
    people, told = desk.derived(customers, PEOPLE), desk.landed("market", figures)
    return desk.checkpoint(desk.made(market, written(desk, rows), people, told, as_of=as_of))


def figure(indicator: str, period: str, value: int, region: str | None = None, source: str = "bureau") -> Row:
    return {"indicator": indicator, "period": period, "value": value, "region": region, "source": source}


def test_each_month_tells_sales_customers_and_those_yet_to_be_won(engine):
    found = {(r["place"], f"{r['month']:%m}"): r for r in engine.rows(made(engine, []))}
    january, march = found["*", "01"], found["*", "03"]
    assert (january["sales"], january["customers"], january["average_purchase"]) == (150, 2, 55)
    assert (january["new_customers"], january["won_so_far"], january["regions"]) == (2, 2, 2)
    assert january["to_be_won"] == 1  # cleo, who bought in March
    assert (march["new_customers"], march["won_so_far"], march["to_be_won"]) == (1, 3, 2)
    assert found["Bath", "03"]["to_be_won"] == 1 and found["Leeds", "03"]["sales"] == 40
    assert [march[band] for band in ("small", "middling", "large")] == [1, 1, 1]
    assert january["market_share"] is None and january["figures_of"] is None


def test_a_share_is_that_of_the_span_of_the_figure_and_says_whose_figure_it_is(duckdb):
    figures = [
        figure("Market size", "2025-01-01", 12_000), figure("Market size", "2024-01-01", 10_000),
        figure("人口", "2024-01-01", 300), figure("Market size", "2025-01-01", 500, "Leeds", "survey"),
        figure("rainfall", "2025-01-01", 7),
    ]  # fmt: skip
    found = {(r["place"], f"{r['month']:%m}"): r for r in duckdb.rows(made(duckdb, figures))}
    assert found["*", "01"]["market_share"] == pytest.approx(1190 / 12_000)
    assert found["*", "03"]["penetration"] == pytest.approx(3 / 300)
    assert found["Leeds", "03"]["market_share"] == pytest.approx(150 / 500)
    assert (found["*", "03"]["figures_of"], found["Leeds", "03"]["figures_of"]) == ("bureau", "survey")
    assert found["Bath", "03"]["market_size"] is None


def test_a_span_that_is_not_over_has_no_share_yet_and_a_figure_of_nothing_none(duckdb):
    rows = duckdb.rows(made(duckdb, [figure("market size", "2025-01-01", 100)], as_of=date(2025, 6, 30)))
    assert all(row["market_share"] is None for row in rows)
    assert {row["market_size"] for row in rows if row["place"] == "*"} == {Decimal(100)}
    nothing = duckdb.rows(made(duckdb, [figure("market size", "2025-01-01", 0)]))
    assert all(row["market_share"] is None for row in nothing)


def test_monthly_figures_go_by_months(duckdb):
    figures = [figure("market size", f"2025-0{n}-01", 1000 * n) for n in (1, 2, 3)]
    found = {(r["place"], f"{r['month']:%m}"): r for r in duckdb.rows(made(duckdb, figures))}
    assert found["*", "01"]["market_share"] == pytest.approx(0.15)
    assert found["*", "03"]["market_share"] == pytest.approx(1040 / 3000)


def test_the_sentence_says_by_whose_figures_or_that_there_are_none(duckdb):
    bare, told = (
        made(duckdb, figures).to_pandas() for figures in ([], [figure("market size", "2025-01-01", 11_900)])
    )
    assert "so our share of it is not known" in last_month(bare).en and "市场份额不明" in last_month(bare).zh
    assert last_month(told).en.endswith("By the figures of bureau we have 10.0% of the market.")
    assert "据 bureau 的数据" in last_month(told).zh
    assert len(customers_and_purchases(told).to_dict()["layer"]) == 2
    with pytest.raises(NotEnoughData):
        made(duckdb, [], rows=[])
