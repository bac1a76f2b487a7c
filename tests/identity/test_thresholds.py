"""Thresholds: the line is where the wanted precision is reached, and what is promised is what is counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shuke.identity.scored_pairs import scored_pairs as pairs_table
from shuke.identity.thresholds import thresholds
from tests.engine_fixtures import Row, Tables, close
from tests.identity.evidence import pair


def drawn(desk: Tables, rows: list[Row], **wanted: float) -> dict[str, Row]:
    found = desk.rows(desk.made(thresholds, desk.derived(pairs_table, rows), **wanted))
    return {row["kind"]: row for row in found}


def people(*probabilities: float, **further: str) -> list[Row]:
    return [pair(f"a{n}", f"b{n}", p, **further) for n, p in enumerate(probabilities)]


def test_all_above_the_line_are_merged_and_those_below_asked_about(engine):
    (line,) = drawn(engine, people(0.9999, 0.999, 0.95, 0.5, 0.3, 0.1), precision=0.98).values()
    assert (line["merge_at"], line["review_at"], float(line["wanted_precision"])) == (0.9, 0.3, 0.98)
    assert (line["merged_pairs"], line["review_pairs"], line["version"]) == (3, 2, 1)
    assert close(line["precision"], (0.9999 + 0.999 + 0.95) / 3)
    assert close(line["recall"], (0.9999 + 0.999 + 0.95) / (0.9999 + 0.999 + 0.95 + 0.9))


def test_the_line_rises_until_the_wanted_precision_is_reached(engine):
    (line,) = drawn(engine, people(0.9999, 0.999, 0.97, 0.92), precision=0.985).values()
    assert (line["merge_at"], line["merged_pairs"], line["review_pairs"]) == (0.97, 3, 1)
    assert close(line["precision"], (0.9999 + 0.999 + 0.97) / 3)


def test_where_a_precision_cannot_be_reached_the_surest_are_merged_all_the_same(engine):
    (line,) = drawn(engine, people(0.985, 0.97, 0.4), precision=0.99).values()
    assert line["merge_at"] == 0.98
    assert (line["merged_pairs"], line["review_pairs"]) == (1, 2)
    assert close(line["precision"], 0.985)


def test_each_kind_has_its_own_line_and_a_kind_without_pairs_has_none(engine):
    firms = [pair("x", "y", 0.91, kind="organisation")]
    both = drawn(engine, people(0.9999) + firms, precision=0.99)
    assert both["person"]["merged_pairs"] == 1
    assert both["organisation"]["merged_pairs"] == 0
    assert list(drawn(engine, people(0.9999))) == ["person"]
    assert drawn(engine, []) == {}


def test_where_records_come_together_by_a_third_one_alone_no_precision_is_told(engine):
    chain = [pair("a", "b", 0.99), pair("b", "c", 0.99)]
    (line,) = drawn(engine, [*chain, *people(*[0.99] * 40)], precision=0.98).values()
    assert (line["merged_pairs"], line["precision"]) == (42, None)
    (line,) = drawn(engine, [*chain, *people(*[0.99] * 50)], precision=0.98).values()
    assert close(line["precision"], 0.99)
    (line,) = drawn(engine, [*chain, pair("a", "c", 0.6)], precision=0.98).values()
    assert close(line["precision"], 0.99)


def test_nobody_is_asked_about_what_is_merged(duckdb):
    (line,) = drawn(duckdb, people(0.999, 0.6, 0.4), precision=0.6, merge_at=0.5, review_at=0.7).values()
    assert (line["merge_at"], line["review_at"]) == (0.5, 0.5)
    assert (line["merged_pairs"], line["review_pairs"]) == (2, 0)


@settings(max_examples=15)
@given(
    probabilities=some.lists(some.integers(1, 10_000).map(lambda n: n / 10_000), min_size=1, max_size=30),
    precision=some.sampled_from([0.5, 0.9, 0.95, 0.995]),
    merge_at=some.sampled_from([0.0, 0.5, 0.9, 0.9005, 0.99]),
)
def test_the_lowest_line_is_drawn_that_keeps_the_precision(
    duckdb_engine, tmp_path_factory, probabilities, precision, merge_at
):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("thresholds"))
    (line,) = drawn(
        desk, people(*probabilities), precision=precision, merge_at=merge_at, review_at=0.3
    ).values()
    merged = [p for p in probabilities if p >= line["merge_at"]]
    assert line["merged_pairs"] == len(merged)
    assert line["review_pairs"] == sum(0.3 <= p < line["merge_at"] for p in probabilities)
    assert line["merge_at"] >= merge_at
    assert line["recall"] == pytest.approx(sum(merged) / sum(probabilities))
    if merged:
        assert line["precision"] == pytest.approx(sum(merged) / len(merged))
        assert line["precision"] >= precision - 1e-9 or line["merge_at"] >= 0.98
    # In steps of a thousandth, the next line down that would merge more would not keep the precision.
    if line["merge_at"] >= 0.98:
        return  # from there on all are merged
    steps = sorted({p * 1000 // 1 / 1000 for p in probabilities if merge_at <= p < line["merge_at"]})
    for lower in steps:
        above = [p for p in probabilities if p >= max(lower, merge_at)]
        assert sum(above) / len(above) < precision + 1e-9
