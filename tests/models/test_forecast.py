from datetime import date
from decimal import Decimal

import pytest

from shuke.errors import NotEnoughData
from shuke.models.forecast import came_true, coming_months, coming_sentence, forecast
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

SHELVES = {"Tea": 100, "Coffee": 60, "Cake": 40}


def shop(first: date, number: int) -> list[Row]:
    """Three shelves in two towns, more in December, one per cent more every month."""
    rows = []
    for n in range(number):
        month = date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 3)
        for place, (shelf, usual) in enumerate(SHELVES.items()):
            for town, share in (("Leeds", 2), ("Bath", 1)):
                amount = usual * share * 1.01**n * (2 if month.month == 12 else 1) + (n * 7 + place * 3) % 11
                rows.append(
                    sold("anna", month, Decimal(f"{amount:.2f}"), category=f"{shelf} > best", region=town)
                )
    return rows


def made(desk: Tables, rows: list[Row], as_of: date, **asked):
    return desk.checkpoint(desk.made(forecast, written(desk, rows), as_of=as_of, country="GB", **asked))


def test_the_coming_months_add_up_by_category_and_by_region(engine):
    rows = engine.rows(made(engine, shop(date(2023, 1, 1), 40), date(2026, 4, 30), max_parts=2))
    coming = [row for row in rows if row["is_forecast"]]
    assert {row["month"] for row in coming} == {date(2026, n, 1) for n in range(5, 11)}
    assert {(row["level"], row["part"]) for row in coming} == {
        ("total", ""), ("category", "Tea"), ("category", "Coffee"), ("category", "*"),
        ("region", "Leeds"), ("region", "Bath"),
    }  # fmt: skip
    for month in {row["month"] for row in coming}:
        sums = {
            level: sum(row["sales"] for row in coming if (row["level"], row["month"]) == (level, month))
            for level in ("total", "category", "region")
        }
        assert sums["total"] == sums["category"] == sums["region"]
    whole = [row for row in coming if row["level"] == "total"]
    assert all(row["low"] <= row["sales"] <= row["high"] for row in whole)
    known = [row for row in rows if row["level"] == "total" and not row["is_forecast"]]
    assert len(known) == 40 and all(row["low"] is None for row in known)
    # A year of growth is seen by the model and not by the naive forecast.
    assert whole[0]["method"] in ("ets", "theta") and whole[0]["error"] < whole[0]["naive_error"]


def test_a_month_that_is_not_over_and_one_that_began_late_do_not_count(duckdb):
    rows = [*shop(date(2025, 1, 1), 12), sold("anna", "2024-12-20", 5, category="Tea > best", region="Bath")]
    known = [r for r in duckdb.rows(made(duckdb, rows, date(2025, 12, 15))) if not r["is_forecast"]]
    assert {row["month"] for row in known} == {date(2025, n, 1) for n in range(1, 12)}


def test_a_month_without_sales_is_nothing_and_few_months_are_told_as_such(duckdb):
    gap = [row for row in shop(date(2024, 1, 1), 20) if row["month"] != date(2024, 6, 1)]
    rows = duckdb.rows(made(duckdb, gap, date(2025, 8, 31)))
    (june,) = [r for r in rows if r["level"] == "total" and r["month"] == date(2024, 6, 1)]
    assert june["sales"] == 0 and len([r for r in rows if r["level"] == "total" and r["is_forecast"]]) == 5
    for few in ([], shop(date(2025, 1, 1), 5)):
        with pytest.raises(NotEnoughData, match="At least 8 whole months"):
            made(duckdb, few, date(2025, 5, 31))


def test_it_is_graded_by_whole_months_beside_a_year_before(duckdb):
    rows = shop(date(2023, 1, 1), 40)
    at, until = date(2026, 1, 31), date(2026, 4, 30)
    then = made(duckdb, [row for row in rows if row["day"] <= at], at)
    grade = came_true(then, written(duckdb, rows), at=at, until=until)
    error, coverage = grade.measures
    assert grade.subjects == 18 and error.beats_naive and 0.8 <= coverage.value <= 1
    assert "were off by" in grade.sentence.en and "误差" in grade.sentence.zh
    with pytest.raises(NotEnoughData, match="No whole month"):
        came_true(then, written(duckdb, rows), at=at, until=date(2026, 2, 20))


def test_the_picture_and_its_sentence_tell_of_what_is_coming(duckdb):
    table = made(duckdb, shop(date(2023, 1, 1), 40), date(2026, 4, 30))
    assert len(coming_months(table).to_dict()["layer"]) == 4
    told = coming_sentence(table, currency="GBP")
    assert "can be expected from May 2026 to October 2026" in told.en and "2026年5月至2026年10月" in told.zh
    assert coming_sentence(table.limit(0)).en == "There are too few months to foretell any."
