"""Scoring: a pair weighs what its agreements and disagreements weigh together, on every engine the same."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import pytest

from shuke.identity.comparisons import COMPARISONS
from shuke.identity.models import Model
from shuke.identity.scoring import FEW, LEAST, Scorer, Waterfall, prior, waterfall
from tests.engine_fixtures import Row, Tables, close
from tests.identity.evidence import COMPARABLES, person

ANN = person("a", "ann lee", birth_date=date(1985, 3, 2))
HOME = {"street": "mill lane", "house": "1", "city": "leeds", "postcode": "ls1"}
ZHANG = person("a", "wei zhang") | {"name": "张伟", "hanzi": "张伟"}
MILL = {
    "record": "a", "source": "till", "kind": "organisation", "organisation": "mill lane tea", "name": "mill",
    "email": "info@milltea.org", **HOME,
}  # fmt: skip
BRANCH = MILL | {"record": "b", "street": "kirkgate", "house": "9", "city": "york", "postcode": "yo1"}

_ENDS = ibis.schema({"record_l": "string", "record_r": "string"})

#: Two records, and the level of each comparison in which neither is silent.
WRITTEN: dict[str, tuple[Row, Row, dict[str, str]]] = {
    "same name and birth date": (
        ANN, ANN | {"record": "b", "email": "ann@x.org"}, {"name": "same", "birth_date": "same"},
    ),
    "a slip in an e-mail": (
        ANN | {"email": "ann.lee@x.org"}, ANN | {"record": "b", "email": "anm.lee@x.org"},
        {"name": "same", "birth_date": "same", "email": "slip"},
    ),
    "another number in an e-mail": (
        ANN | {"email": "annlee1@x.org"}, person("b", "ann lee", email="annlee2@x.org"),
        {"name": "same", "email": "number"},
    ),
    "a household": (
        ANN | HOME, person("b", "tom lee", birth_date=date(2011, 7, 19), **HOME),
        {"name": "household", "birth_date": "else", "address": "same"},
    ),
    "twins": (
        ANN | HOME, person("b", "zoe lee", birth_date=date(1985, 3, 2), **HOME),
        {"name": "twin", "birth_date": "same", "address": "same"},
    ),
    "names the wrong way round": (
        ANN, person("b", "lee ann", gender="female"), {"name": "sound"},
    ),
    "characters and pinyin": (
        ZHANG, person("b", "wei zhang"), {"name": "sound"},
    ),
    "characters that sound alike": (
        ZHANG, ZHANG | {"record": "b", "name": "张玮", "hanzi": "张玮"}, {"name": "homophone"},
    ),
    "day and month swapped": (
        ANN, ANN | {"record": "b", "birth_date": date(1985, 2, 3)}, {"name": "same", "birth_date": "slip"},
    ),
    "an initial": (
        ANN | {"phone": "447700900123"}, person("b", "a lee", phone="447700900124"),
        {"name": "initial", "phone": "slip"},
    ),
    "a branch at another address": (
        MILL, BRANCH, {"organisation": "same", "email": "same", "address": "else"},
    ),
    "one site, whose name is shortened": (
        MILL, MILL | {"record": "b", "organisation": "mill lane", "email": None},
        {"organisation": "inside", "address": "same"},
    ),
}  # fmt: skip


def bits(kind: str, levels: dict[str, str]) -> float:
    """The sum of log2(m / u) of these levels: bits("person", {"name": "same"})."""
    figures = {(c.name, level.name): level.m / level.u for c in COMPARISONS[kind] for level in c.levels}
    return sum(math.log2(figures[both]) for both in levels.items())


def scorer(desk: Tables, model: Model | None = None, **known: Any) -> Scorer:
    engine: Any = desk.engine
    return Scorer(model or Model(), engine.linkage, engine.checkpoint, **known)


def compared(desk: Tables, one: Row, other: Row, by: Scorer | None = None) -> Row:
    """What came of each comparison of two records."""
    records, pair = desk.of(COMPARABLES, [one, other]), desk.of(_ENDS, [{"record_l": "a", "record_r": "b"}])
    (found,) = desk.rows((by or scorer(desk)).compare(records, pair, kind=one["kind"]))
    return found


def told(kind: str, found: Row) -> dict[str, str]:
    """The names of the levels that were hit, without the silent ones."""
    reached = {c: found[f"level_{c.name}"] for c in COMPARISONS[kind]}
    return {c.name: c.levels[-1 - level].name for c, level in reached.items() if level >= 0}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_pair_weighs_the_sum_of_what_its_levels_weigh(engine, case):
    one, other, levels = WRITTEN[case]
    found = compared(engine, one, other)
    assert told(one["kind"], found) == levels
    assert found["weight"] == pytest.approx(bits(one["kind"], levels))
    assert {c for c in COMPARISONS[one["kind"]] if found[f"weight_{c.name}"]} <= {
        c for c in COMPARISONS[one["kind"]] if c.name in levels
    }


def test_what_one_record_does_not_say_weighs_nothing(engine):
    found = compared(engine, ANN, person("b", "ann lee"))
    silent = {c.name for c in COMPARISONS["person"] if c.name != "name"}
    assert {name for name in silent if found[f"level_{name}"] == -1} == silent
    assert {found[f"weight_{name}"] for name in silent} == {0.0}
    assert str(COMPARISONS["person"][0].at(-1)) == "one is silent"


def test_only_pairs_with_some_evidence_are_kept(duckdb):
    everybody = [ANN, ANN | {"record": "b"}, person("c", "tom orr", birth_date=date(1960, 1, 9))]
    records = duckdb.of(COMPARABLES, everybody)
    beside = duckdb.of(_ENDS, [{"record_l": "a", "record_r": r} for r in "bc"])
    found = duckdb.rows(scorer(duckdb).score(records, beside, kind="person"))
    assert [(row["record_l"], row["record_r"]) for row in found] == [("a", "b")]
    assert found[0]["weight"] == pytest.approx(bits("person", {"name": "same", "birth_date": "same"}))
    assert found[0]["weight"] > LEAST


def test_a_rare_name_weighs_more_than_a_common_one_and_one_never_counted_as_the_rarest(duckdb):
    rarities = duckdb.of(
        ibis.schema({"column": "string", "value": "string", "share": "float64"}),
        [{"column": "name", "value": "ann lee", "share": 0.01}],
    )
    by = scorer(duckdb, replace(Model(version=1), rarest={"name": 0.0001}), rarities=rarities)
    common = compared(duckdb, person("a", "ann lee"), person("b", "ann lee"), by)
    rare = compared(duckdb, person("a", "isolde orr"), person("b", "isolde orr"), by)
    (m,) = (x.m for x in COMPARISONS["person"][0].levels if x.name == "same")
    assert common["weight"] == pytest.approx(math.log2(m / 0.01))
    assert rare["weight"] == pytest.approx(math.log2(m / 0.0001))


def test_what_nobody_has_counted_weighs_as_if_nobody_counted(duckdb):
    rarities = duckdb.of(
        ibis.schema({"column": "string", "value": "string", "share": "float64"}),
        [{"column": "name", "value": "ann lee", "share": 0.01}],
    )
    by = scorer(duckdb, replace(Model(version=1), rarest={"name": 0.0001}), rarities=rarities)
    found = compared(duckdb, person("a", city="leeds", kind="person"), person("b", city="leeds"), by)
    assert found["weight"] == pytest.approx(bits("person", {"address": "city"}))


@pytest.mark.parametrize("case", ["twins", "a branch at another address"])
def test_the_steps_of_a_waterfall_add_up(duckdb, case):
    one, other, levels = WRITTEN[case]
    whole = [dict.fromkeys(COMPARABLES, None) | record for record in (one, other)]
    falls = waterfall(scorer(duckdb), *whole, among=4_096)
    assert falls.prior == -12  # of 4,096 records
    assert falls.weight == pytest.approx(falls.prior + sum(step.weight for step in falls.steps))
    assert falls.probability == pytest.approx(2**falls.weight / (1 + 2**falls.weight))
    assert {s.comparison for s in falls.steps} == {c.name for c in COMPARISONS[one["kind"]]}
    said = {s.comparison: str(s.level) for s in falls.steps if s.weight}
    assert said.keys() <= levels.keys()


def test_a_waterfall_shows_what_both_records_say(duckdb):
    falls = _fall(duckdb, ANN, ANN | {"record": "b", "birth_date": date(1985, 3, 12)})
    (born,) = (step for step in falls.steps if step.comparison == "birth_date")
    assert (born.left, born.right, str(born.level)) == (
        ("1985-03-02",), ("1985-03-12",), "one digit or day and month swapped"
    )  # fmt: skip
    (phone,) = (step for step in falls.steps if step.comparison == "phone")
    assert (phone.left, phone.right, phone.weight, str(phone.level)) == ((), (), 0, "one is silent")


def test_among_few_records_chance_is_taken_for_what_it_is_among_more():
    assert prior(1) == prior(FEW) == -math.log2(FEW)
    assert prior(2 * FEW) == prior(FEW) - 1


def test_it_does_not_matter_which_record_comes_first(duckdb):
    for case in ("names the wrong way round", "an initial", "one site, whose name is shortened"):
        one, other, _ = WRITTEN[case]
        there, back = compared(duckdb, one, other), compared(duckdb, other, one)
        assert close(there["weight"], back["weight"])


def _fall(desk: Tables, one: Row, other: Row) -> Waterfall:
    return waterfall(
        scorer(desk), *(dict.fromkeys(COMPARABLES, None) | record for record in (one, other)), among=1
    )
