from datetime import date, timedelta
from itertools import pairwise
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.errors import NotEnoughData
from shuke.models.replacement_intervals import days_bought, own_intervals
from shuke.models.replacements import due_bars, due_sentence, replaced, replacements
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Tables

AS_OF = date(2026, 6, 30)
PRODUCTS = [{"product_id": "brush", "name": "Toothbrush", "life_months": 24}, {"product_id": "beans"}]


def bought(who: str, day, code: str, amount=20, category: str | None = "Home"):
    return sold(who, day, amount, product_id=code, product_name=code.title(), category=category)


def every(who: str, days: int, times: int, code: str = "beans", last: date = AS_OF, **further):
    return [bought(who, last - timedelta(days=days * n), code, **further) for n in range(times)]


def made(desk, rows, as_of=AS_OF, **asked):
    return desk.made(
        replacements, written(desk, rows), desk.landed("products", PRODUCTS), as_of=as_of, **asked
    )


def items(desk, rows, **asked):
    return {(r["customer_id"], r["item"]): r for r in desk.rows(made(desk, rows, **asked))}


def test_what_has_a_life_is_due_at_its_end_and_what_is_used_up_at_its_rhythm(engine):
    found = items(
        engine,
        [
            bought("anna", "2024-07-10", "brush", category=None),
            bought("bert", "2024-01-10", "brush", category=None),
            *every("cleo", 30, 8), *every("dora", 90, 5, last=date(2026, 3, 1)),
            bought("emil", "2026-06-01", "beans"),
            *every("fred", 30, 2), *every("gina", 40, 9), *every("hans", 60, 9),
        ],
    )  # fmt: skip
    # A brush lasts two years; nobody has ever replaced one, and so it stays at what is stated.
    anna, bert = found["anna", "brush"], found["bert", "brush"]
    assert (anna["due_on"], anna["method"]) == (date(2026, 7, 10) + timedelta(days=1), "product_life")
    assert (
        not anna["overdue"] and bert["overdue"] and anna["earliest_on"] < anna["due_on"] < anna["latest_on"]
    )
    # Beans bought once or twice are no consumable yet.
    assert {who for who, item in found if item == "beans"} == {"cleo", "dora", "gina", "hans"}
    assert found["cleo", "beans"]["interval_days"] < found["hans", "beans"]["interval_days"]
    assert found["dora", "beans"]["overdue"]
    assert found["cleo", "beans"]["times"] == 8 and found["cleo", "beans"]["expected_amount"] == 20
    assert found["cleo", "Home"]["level"] == "category"


def test_few_intervals_are_drawn_to_everybodys_and_many_stay_their_own(duckdb):
    # Each has a rhythm, but keeps it loosely.
    def loose(who, days, times):
        return [
            bought(who, AS_OF - timedelta(days=days * n + (days // 4) * (n % 2)), "beans", category=None)
            for n in range(times)
        ]

    crowd = [row for n in range(12) for row in loose(f"{n}", 20 + 5 * n, 9)]
    found = items(duckdb, [*crowd, *loose("few", 150, 3), *loose("many", 150, 12)])
    usual = found["few", "beans"]["everybodys_days"]
    assert usual < found["few", "beans"]["interval_days"] < found["many", "beans"]["interval_days"] < 150
    assert found["few", "beans"]["method"] == "own_rhythm"


def test_where_nobody_keeps_a_rhythm_everybodys_interval_is_taken(duckdb):
    gaps = [[10, 10, 90], [90, 90, 10], [12, 12, 80], [85, 85, 11], [10, 11, 95], [95, 80, 12]]
    rows = []
    for n, steps in enumerate(gaps):
        days = [sum(steps[:m]) for m in range(len(steps) + 1)]
        rows += [bought(str(n), date(2026, 1, 1) + timedelta(days=d), "beans", category=None) for d in days]
    found = items(duckdb, rows)
    assert {row["method"] for row in found.values()} == {"baseline"}
    assert len({row["interval_days"] for row in found.values()}) == 1


def test_who_is_far_too_late_is_left_out(duckdb):
    assert items(duckdb, [*every("anna", 30, 5), *every("bert", 30, 5, last=date(2024, 1, 1))]).keys() == {
        ("anna", "beans"), ("anna", "Home"),
    }  # fmt: skip


def test_nobody_returns_alone_and_one_purchase_give_an_empty_table(duckdb):
    assert items(duckdb, []) == {}
    assert items(duckdb, [bought("anna", "2026-01-01", "beans", amount=-5)]) == {}
    assert items(duckdb, [bought("anna", "2026-01-01", "beans")]) == {}
    assert items(duckdb, [bought("anna", "2026-01-01", "beans") for _ in range(5)]) == {}


def test_an_unknown_amount_is_not_expected_to_be_anything(duckdb):
    found = items(duckdb, every("anna", 30, 4, amount=None))
    assert found["anna", "beans"]["expected_amount"] is None


VISITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 300), st.sampled_from(["beans", "brush"])), max_size=30
)


@settings(max_examples=15, deadline=None)
@given(VISITS)
def test_intervals_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, visits):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("again"))
    rows = [bought(who, FIRST + timedelta(days=day), code, category=None) for who, day, code in visits]
    days = days_bought(written(desk, rows), desk.landed("products"), FIRST + timedelta(days=250))
    found = {(r["customer_id"], r["item"]): r for r in desk.rows(own_intervals(days, 3))}
    expected = {}
    for pair in {(who, code) for who, _, code in visits}:
        mine = sorted({day for who, day, code in visits if (who, code) == pair and day <= 250})
        gaps = [log(b - a) for a, b in pairwise(mine)]
        if gaps:
            expected[pair] = (len(mine), len(gaps), sum(gaps), gaps[-1], len(mine) >= 3)
    assert found.keys() == expected.keys()
    for pair, (times, count, logs, newest, listed) in expected.items():
        row = found[pair]
        assert (row["times"], row["gaps"], row["listed"]) == (times, count, listed)
        assert (row["logs"], row["newest"]) == (pytest.approx(logs), pytest.approx(newest))


def test_alone_with_one_rhythm_the_date_is_one_interval_later(duckdb):
    row = items(duckdb, every("anna", 30, 10, category=None))["anna", "beans"]
    assert row["interval_days"] == pytest.approx(exp(log(30)))
    assert row["due_on"] == AS_OF + timedelta(days=30)


def test_it_is_graded_by_what_was_bought_and_when(duckdb):
    early = date(2026, 4, 30)
    rows = [
        *every("anna", 30, 6, last=early), *every("bert", 60, 6, last=date(2026, 4, 20)),
        *every("cleo", 30, 6, last=date(2026, 4, 25)),
    ]  # fmt: skip
    then = made(duckdb, rows, as_of=early)
    later = [bought("anna", "2026-06-01", "beans"), bought("bert", "2026-06-12", "beans")]
    grade = replaced(then, written(duckdb, [*rows, *later]), at=early, until=AS_OF)
    share, missed = grade.measures
    assert grade.subjects == 6
    assert share.value == pytest.approx(4 / 6) and missed.beats_naive
    with pytest.raises(NotEnoughData):
        replaced(then, written(duckdb, rows), at=early, until=AS_OF)


def test_the_picture_and_its_sentence_tell_what_is_due(duckdb):
    table = made(duckdb, every("anna", 30, 8, last=date(2026, 5, 30)))
    assert due_bars(table).to_dict()["mark"]["type"] == "bar"
    assert due_sentence(table).en.startswith("1 customers should replace 2 things today")
    assert due_sentence(table.limit(0)).en == "Nothing is due for replacement today."
