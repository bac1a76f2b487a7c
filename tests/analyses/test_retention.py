from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings

from shuke.analyses.retention import came_back, cohort_grid, retention, revenue_lines
from tests.analyses.selling import FIRST, PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables, close


def retained(desk: Tables, rows: list[Row], as_of: date) -> dict[tuple[str, int], Row]:
    found = desk.rows(desk.made(retention, written(desk, rows), as_of=as_of))
    return {(f"{row['cohort']:%Y-%m}", row["age"]): row for row in found}


def test_a_cohort_is_followed_through_every_month_also_those_without_a_sale(engine):
    found = retained(
        engine,
        [
            sold("anna", "2025-11-05", 10), sold("anna", "2026-01-07", 10), sold("anna", "2026-01-08", 10),
            sold("bert", "2025-11-30", 10), sold("bert", "2025-12-01", -10),
            sold("cleo", "2025-12-24", -10), sold("cleo", "2026-01-02", 10),
            sold("cleo", "2025-12-01", 4, kind="fee"),
            sold(None, "2025-11-05", 10), sold("dora", None, 10),
        ],
        date(2026, 2, 10),
    )  # fmt: skip
    assert {key: (row["customers"], row["cohort_size"]) for key, row in found.items()} == {
        ("2025-11", 0): (2, 2), ("2025-11", 1): (0, 2), ("2025-11", 2): (1, 2), ("2025-11", 3): (0, 2),
        ("2026-01", 0): (1, 1), ("2026-01", 1): (0, 1),
    }  # fmt: skip
    half, none = found["2025-11", 2], found["2025-11", 1]
    # Wilson's interval of 1 in 2 and of 0 in 2: (n + z²)⁻¹ (np + z²/2 ± z √(np(1-p) + z²/4))
    assert close(half["share"], 0.5) and close(half["low"], 0.09453120573423064)
    assert close(half["high"], 0.9054687942657694)
    assert close(none["share"], 0.0) and abs(none["low"]) < 1e-12 and close(none["high"], 0.6576197724933469)


@settings(max_examples=40)
@given(PURCHASES)
def test_retention_is_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk, as_of = Tables(duckdb_engine, tmp_path_factory.mktemp("retention")), FIRST + timedelta(days=95)
    found = {key: (row["customers"], row["cohort_size"]) for key, row in retained(desk, rows, as_of).items()}
    assert found == _by_hand(rows, as_of)


def _by_hand(rows: list[Row], as_of: date) -> dict[Any, Any]:
    months: dict[str, set[int]] = {}
    for row in rows:
        counts = row["kind"] == "goods" and not row["is_return"] and row["customer_id"]
        if counts and row["day"] and row["day"] <= as_of:
            months.setdefault(row["customer_id"], set()).add(row["day"].month)  # all of one year
    cohorts = {first: [m for m in months.values() if min(m) == first] for first in map(min, months.values())}
    return {
        (f"2025-{first:02}", age): (sum(first + age in active for active in members), len(members))
        for first, members in cohorts.items()
        for age in range(as_of.month - first + 1)
    }


def test_the_sentence_compares_the_youngest_cohorts_that_one_can_judge(duckdb):
    rows = [sold(f"{month}-{n}", f"2025-{month:02}-05", 10) for month in (1, 2, 3) for n in range(10)]
    rows += [
        sold(f"{month}-{n}", f"2025-{month + 3:02}-05", 10) for month in (1, 2) for n in range(month * 3)
    ]
    frame = duckdb.made(retention, written(duckdb, rows), as_of=date(2025, 6, 20)).to_pandas()
    assert came_back(frame).en == (
        "60% of the 10 newcomers of February 2025 bought in the third month after (between 31% and 83%), "
        "30 points more than those of the month before."
    )
    assert "2025年2月" in came_back(frame).zh
    early = duckdb.made(retention, written(duckdb, rows), as_of=date(2025, 4, 20)).to_pandas()
    assert came_back(early).en.startswith("Too early to tell")
    assert cohort_grid(frame).to_dict()["mark"]["type"] == "rect"


def test_a_difference_that_chance_explains_is_not_told_as_a_change(duckdb):
    rows = [sold(f"{month}-{n}", f"2025-{month:02}-05", 10) for month in (1, 2, 3) for n in range(10)]
    rows += [
        sold(f"{month}-{n}", f"2025-{month + 3:02}-05", 10) for month in (1, 2) for n in range(month + 1)
    ]
    frame = duckdb.made(retention, written(duckdb, rows), as_of=date(2025, 6, 20)).to_pandas()
    assert came_back(frame).en.endswith("no clear difference from those of the month before.")
    assert came_back(frame).zh.endswith("与上月新客无明显差别。")


def test_revenue_is_followed_beside_customers(engine):
    found = retained(
        engine,
        [
            sold("anna", "2025-11-05", 10), sold("anna", "2026-01-07", 25), sold("anna", "2026-01-09", -5),
            sold("bert", "2025-11-30", 30), sold("cleo", "2025-12-30", 0), sold("cleo", "2026-01-02", 8),
        ],
        date(2026, 1, 20),
    )  # fmt: skip
    names = ("revenue", "first_revenue", "revenue_so_far", "revenue_share")
    assert {key: tuple(row[name] for name in names) for key, row in found.items()} == {
        ("2025-11", 0): (40, 40, 40, 1.0), ("2025-11", 1): (0, 40, 40, 0.0),
        ("2025-11", 2): (25, 40, 65, 0.625), ("2025-12", 0): (0, 0, 0, None), ("2025-12", 1): (8, 0, 8, None),
    }  # fmt: skip


def test_the_picture_of_revenue_compares_years(duckdb):
    rows = [sold(f"{year}-{n}", f"{year}-03-05", 10) for year in (2024, 2025) for n in range(4)]
    rows += [sold("2024-1", "2024-05-05", 6), sold("2025-1", "2025-05-05", 12)]
    frame = duckdb.made(retention, written(duckdb, rows), as_of=date(2025, 6, 20)).to_pandas()
    drawn = revenue_lines(frame).to_dict()
    points = next(iter(drawn["datasets"].values()))
    assert {(p["year"], p["each"]) for p in points if p["age"] == 2} == {("2024", 1.5), ("2025", 3.0)}
