import json
from datetime import date

import pytest

from shuke.alerts.quality_drop import quality_drop
from shuke.quality.quality_trend import quality_trend
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def day(
    when: str,
    good: int,
    of: int = 1000,
    *,
    source: str = "till",
    attribute: str = "phone",
    dimension: str = "completeness",
) -> Row:
    return {
        "day": when, "source": source, "table_name": "people", "attribute": attribute,
        "dimension": dimension, "good": good, "of": of, "score": good / of,
    }  # fmt: skip


def warned(desk: Tables, *rows: Row, **questions: float) -> dict[str, Row]:
    found = desk.rows(desk.made(quality_drop, desk.derived(quality_trend, [*rows]), as_of=AS_OF, **questions))
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in found}


def test_a_source_that_fell_well_below_an_earlier_build_is_warned_of(engine):
    found = warned(
        engine,
        day("2026-06-01", 900), day("2026-06-10", 950), day("2026-06-20", 940), day("2026-06-30", 880),
        day("2026-06-10", 990, dimension="validity"), day("2026-06-30", 800, dimension="validity"),
        day("2026-06-10", 950, source="web"), day("2026-06-30", 901, source="web"),
        day("2026-06-10", 10, 20, source="few"), day("2026-06-30", 8, 20, source="few"),
        day("2026-06-10", 9, 10, source="wild", dimension="accuracy"),
        day("2026-06-30", 1, 10, source="wild", dimension="accuracy"),
        day("2026-06-30", 0, source="new"),
    )  # fmt: skip
    assert set(found) == {"till"}, "five points are no drop; of twenty records it may be chance"
    till = found["till"]
    assert (till["rule"], till["subject_kind"], till["severity"]) == ("quality_drop", "source", "high")
    assert till["since"] == date(2026, 6, 20), "the first build after the best one"
    assert till["evidence"] == {
        "dimension": "validity", "score_percent": 80.0, "score_before": 99.0, "counted": 1000,
    }  # fmt: skip


@pytest.mark.parametrize(("then", "now", "severe"), [(950, 899, "medium"), (950, 849, "high")])
def test_a_drop_twice_as_deep_is_grave(duckdb, then, now, severe):
    found = warned(duckdb, day("2026-06-10", then), day("2026-06-30", now))
    assert found["till"]["severity"] == severe


def test_a_field_that_is_new_and_half_empty_is_no_drop(duckdb):
    assert (
        warned(duckdb, day("2026-06-10", 950), day("2026-06-30", 950), day("2026-06-30", 10, attribute="job"))
        == {}
    )


def test_what_was_better_long_ago_is_forgotten(duckdb):
    rows = [day("2026-01-01", 950), day("2026-06-30", 500)]
    assert warned(duckdb, *rows) == {}
    assert set(warned(duckdb, *rows, window_days=365)) == {"till"}
    assert warned(duckdb, *rows, window_days=365, points=50.0) == {}
