from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.adoption import adoption, trial_curves, trial_sentence
from shuke.analyses.rfm import rfm
from shuke.languages import speaking
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Tables, close

AS_OF = date(2026, 6, 30)
OPENED = date(2024, 1, 1)


def took(who: str | None, day, code: str):
    return sold(who, day, 9, product_id=code, product_name=f"The {code}")


#: Ten have bought bread ever since the shop opened.
REGULARS = [
    row for n in range(10) for row in (took(f"{n}", OPENED, "bread"), took(f"{n}", "2026-06-29", "bread"))
]
OLD = [took(f"{n}", date(2025, 1, 1) + timedelta(days=n), "cake") for n in range(5)]
NEW = [
    took("0", "2026-06-01", "pie"), took("1", "2026-06-03", "pie"), took("2", "2026-06-10", "pie"),
    took("0", "2026-06-09", "pie"), took("0", "2026-06-20", "pie"), took(None, "2026-06-02", "pie"),
]  # fmt: skip


def made(desk, rows, products=(), tiers=(), **asked):
    tiered = desk.derived(rfm, [{"customer_id": who, "tier": tier} for who, tier in tiers])
    goods = desk.landed("products", list(products))
    table = desk.made(adoption, written(desk, rows), goods, tiered, **{"as_of": AS_OF, **asked})
    # Computed, for Spark finds the tables of this process only then.
    return desk.checkpoint(table)


def curve(desk, rows, *columns: str, segment: str = "all", product: str = "pie", **further):
    found = [
        r
        for r in desk.rows(made(desk, rows, **further))
        if (r["segment"], r["product_id"]) == (segment, product)
    ]
    return [tuple(row[c] for c in columns) for row in sorted(found, key=lambda row: row["week"])]


def test_trial_and_repeat_grow_week_by_week_beside_earlier_launches(engine):
    rows = [*REGULARS, *OLD, *NEW]
    found = engine.rows(made(engine, rows, tiers=[("0", "loyal"), ("1", "loyal")]))
    whole = sorted((r for r in found if r["segment"] == "all"), key=lambda r: r["week"])
    assert [(r["week"], r["active"], r["triers"], r["repeaters"]) for r in whole] == [
        (1, 10, 2, 0), (2, 10, 3, 1), (3, 10, 3, 1), (4, 10, 3, 1),
    ]  # fmt: skip
    assert [(r["trial"], r["repeat"]) for r in whole][1] == (pytest.approx(0.3), pytest.approx(1 / 3))
    assert all(r["trial_low"] < r["trial"] < r["trial_high"] for r in whole)
    assert {(r["product_id"], r["launched"], r["earlier"]) for r in whole} == {("pie", date(2026, 6, 1), 1)}
    assert whole[0]["earlier_trial"] == 0.5 and whole[0]["earlier_repeat"] == 0
    loyal = [r for r in found if r["segment"] == "loyal"]
    assert {(r["active"], r["earlier_trial"]) for r in loyal} == {(2, 1.0)}


def test_a_stated_day_of_launch_counts_before_the_first_sale(duckdb):
    stated = [{"product_id": "pie", "launched": "2026-05-25"}]
    assert curve(duckdb, [*REGULARS, *NEW], "week", "triers", products=stated) == [
        (1, 0), (2, 2), (3, 3), (4, 3), (5, 3),
    ]  # fmt: skip


def test_before_anybody_has_tried_it_there_is_no_share_of_repeaters(duckdb):
    stated = [{"product_id": "pie", "launched": "2026-05-25"}]
    first = curve(duckdb, [*REGULARS, *NEW], "repeat", "repeat_low", "earlier_trial", products=stated)[0]
    assert first == (None, None, None)


def test_what_was_there_from_the_first_days_is_not_new(duckdb):
    young = [took("anna", "2026-05-01", "bread"), took("anna", "2026-06-01", "pie")]
    assert duckdb.rows(made(duckdb, young)) == []
    assert duckdb.rows(made(duckdb, [])) == []
    assert duckdb.rows(made(duckdb, [took("anna", "2026-05-01", "bread") | {"is_return": True}])) == []


def test_a_launch_of_this_week_has_no_whole_week_yet(duckdb):
    assert duckdb.rows(made(duckdb, [*REGULARS, took("0", "2026-06-28", "pie")])) == []


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("0123"), st.integers(0, 40)), min_size=1, max_size=15))
def test_curves_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, visits):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("new"))
    opened = date(2026, 5, 1)
    first_day = min(day for _, day in visits)
    launched = opened + timedelta(days=first_day)
    rows = [*REGULARS, *(took(who, opened + timedelta(days=day), "pie") for who, day in visits)]
    found = curve(desk, rows, "week", "active", "triers", "repeaters", "repeat")
    assert len(found) == ((AS_OF - launched).days + 1) // 7
    for week, active, triers, repeaters, repeat in found:
        until = first_day + 7 * week
        days = {who: {day for one, day in visits if one == who and day < until} for who in "0123"}
        tried, again = sum(len(d) > 0 for d in days.values()), sum(len(d) > 1 for d in days.values())
        assert (active, triers, repeaters) == (10, tried, again)
        assert close(repeat, again / tried)


def test_the_picture_and_its_sentence_tell_what_was_taken_up_most(duckdb):
    table = made(duckdb, [*REGULARS, *OLD, *NEW])
    assert len(trial_curves(table).to_dict()["layer"]) == 2
    said = trial_sentence(table)
    assert said.en == (
        "The pie was taken up most: 30.0% of active customers tried it within 4 weeks, and 33% of them "
        "bought it again; of earlier launches 50.0% had by then."
    )
    assert "30.0%" in said.zh
    with speaking("zh"):
        assert "第几周" in str(trial_curves(table).to_dict())
    assert trial_sentence(table.limit(0)).en == "Nothing was launched in the last twelve months."
