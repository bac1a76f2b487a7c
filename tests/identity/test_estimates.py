"""Estimates: what was put into made-up pairs is found again, and a few pairs move what is shipped little."""

import numpy as np
import pytest

from shuke.identity.comparisons import Comparison, Level
from shuke.identity.estimates import ObservedLevels, estimated, share
from shuke.languages import Text

NAMED = Text("x", "x")


def of(name: str, m: float, u: float) -> Comparison:
    levels = (Level("same", NAMED, "", m, u), Level("else", NAMED, "", 1 - m, 1 - u))
    return Comparison(name, NAMED, (name,), "", levels)


SHIPPED = (of("one", 0.7, 0.5), of("two", 0.7, 0.5), of("three", 0.7, 0.5))
TRUE_M, TRUE_U = (0.95, 0.9, 0.8), (0.02, 0.05, 0.1)


def made(
    matches: int, others: int, seed: int, sources: tuple[str, str] = ("a + b", "a + b"), times: int = 1
) -> ObservedLevels:
    """Pairs drawn from the true figures, each so many times."""
    dice = np.random.default_rng(seed)
    rows: list[str] = []
    for number, shares in ((matches, TRUE_M), (others, TRUE_U)):
        drawn = dice.random((number, 3)) < np.array(shares)
        rows += ["".join("a" if same else "b" for same in pair) + "-" for pair in drawn]
    where = [sources[0]] * matches + [sources[1]] * others
    return ObservedLevels(rows, {}, {}, where, [times] * len(rows))


def test_m_u_and_the_prior_are_found_again_where_there_is_much_more_than_is_shipped():
    compared, sample = made(3_000, 20_000, 1, times=20), made(0, 100_000, 2, times=20)
    found = estimated(SHIPPED, compared, sample, records=60_000, between={"a + b": 460_000.0})
    for comparison, m, u in zip(SHIPPED, TRUE_M, TRUE_U, strict=True):
        assert found.m[comparison.name][0] == pytest.approx(m, abs=0.03)
        assert found.u[comparison.name][0] == pytest.approx(u, abs=0.005)
    assert found.matches == pytest.approx(60_000, rel=0.1)


def test_a_few_pairs_move_little():
    few = ObservedLevels(["bbb-"] * 10, {}, {}, ["a + a"] * 10, [1] * 10)
    found = estimated(SHIPPED, few, few, records=5, between={"a + a": 10.0})
    assert found.m["one"][0] == pytest.approx(0.7, abs=0.05)
    assert found.u["one"][0] == pytest.approx(0.5, abs=0.01)


def test_a_source_with_one_record_has_no_pairs_to_learn_from():
    few = ObservedLevels(["bbb-"] * 2, {}, {}, ["a + b"] * 2, [1] * 2)
    found = estimated(SHIPPED, few, few, records=3, between={"a + a": 0.0, "a + b": 2.0, "b + b": 1.0})
    assert found.sources["a + a"] == (0.0, 0.0)


def test_a_source_that_holds_nobody_twice_speaks_against_its_own_pairs():
    spread = {"a + a": 20_000.0, "a + b": 20_000.0, "b + b": 20_000.0}
    compared = made(2_000, 20_000, 3, ("a + b", "a + a"))
    found = estimated(SHIPPED, compared, made(0, 100_000, 4), records=4_000, between=spread)
    m, u = zip(*(found.sources[name] for name in ("a + a", "a + b")), strict=True)
    assert m[0] < u[0] / 2
    assert m[1] > u[1]


def test_the_more_bear_a_thing_the_less_it_says_and_what_is_rare_by_chance_is_not_taken_for_unique():
    shares = [share(others, 1e-3, 1_000.0, 2.0) for others in (0, 2, 20, 200)]
    assert shares == sorted(shares)
    assert 1e-4 < shares[0] < 1e-3
    assert shares[-1] == pytest.approx(0.067, abs=0.01)


def test_what_all_are_compared_for_who_agree_on_it_is_counted_in_all_pairs_and_not_in_the_sample():
    """Nobody in the sample has the number of another; of all pairs, a hundred strangers have."""
    comparison = Comparison("one", NAMED, ("one",), "", (
        Level("same", NAMED, "", 0.7, 1e-6, keyed=True), Level("else", NAMED, "", 0.3, 1 - 1e-6),
    ))  # fmt: skip
    strangers = ObservedLevels(["ax"], {}, {}, ["a + a"], [100])
    sample = ObservedLevels(["b-"], {}, {}, ["a + a"], [40_000])
    found = estimated([comparison], strangers, sample, records=10_000, between={"a + a": 5e7})
    assert found.u["one"][0] == pytest.approx(100 / 5e7, rel=0.02)


def test_a_case_of_a_level_comes_up_as_often_of_one_customer_and_by_chance_as_its_rule_says():
    levels = (
        Level("case", NAMED, "", 0.1, 0.2, fixed=True, of="slip"),
        Level("slip", NAMED, "", 0.1, 0.001), Level("else", NAMED, "", 0.9, 0.999),
    )  # fmt: skip
    certain, comparison = of("one", 0.9, 1e-6), Comparison("two", NAMED, ("two",), "", levels)
    compared = ObservedLevels(["aa-", "ab-", "ac-"], {}, {}, ["a + a"] * 3, [300, 100, 1_600])
    sample = ObservedLevels(["bc-"], {}, {}, ["a + a"], [40_000])
    found = estimated([certain, comparison], compared, sample, records=5_000, between={"a + a": 1e7})
    assert found.m["two"][0] == found.m["two"][1] == pytest.approx(0.2, abs=0.01)
    assert found.u["two"][0] == 0.2


def test_a_name_of_common_parts_says_less_than_one_of_rare_ones_that_as_many_bear():
    comparison = Comparison("one", NAMED, ("one",), "", (
        Level("same", NAMED, "", 0.9, 1e-3, "name"), Level("else", NAMED, "", 0.1, 0.999),
    ))  # fmt: skip
    sample = ObservedLevels(["b-"], {"one": [0.0]}, {"one": [0.0]}, ["a + a"], [40_000])

    def matches(expected: float) -> float:
        compared = ObservedLevels(["a-"], {"one": [2.0]}, {"one": [expected]}, ["a + a"], [500])
        return estimated([comparison], compared, sample, records=1_000, between={"a + a": 5e5}).matches

    assert matches(0.001) > matches(0.5) > matches(20.0)
