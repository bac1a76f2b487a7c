"""Scoring: two records come to the same levels on every engine, whichever comes first."""

from datetime import date
from typing import Any

import ibis
import pytest

from shuke.identity.comparisons import COMPARISONS
from shuke.identity.models import Model
from shuke.identity.scoring import CONTRADICTORY, FIRST, SILENT, Scorer
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, person

ANN = person("a", "ann lee", birth_date=date(1985, 3, 2))
HOME = {"street": "mill lane", "house": "1", "city": "leeds", "postcode": "ls1"}
ZHANG = person("a", "wei zhang") | {"name": "张伟", "hanzi": "张伟"}
MILL = {
    "record": "a", "source": "till", "kind": "organisation", "organisation": "mill lane tea", "name": "mill",
    "email": "info@milltea.org", **HOME,
}  # fmt: skip
BRANCH = MILL | {"record": "b", "street": "kirkgate", "house": "9", "city": "york", "postcode": "yo1"}

_PAIR = ibis.schema({"record_l": "string", "record_r": "string", "match_key": "string"})

#: Two records, and the level of each comparison in which neither is silent.
WRITTEN: dict[str, tuple[Row, Row, dict[str, str]]] = {
    "same name and birth date": (
        ANN, ANN | {"record": "b", "email": "ann@x.org"}, {"name": "same", "birth_date": "same"},
    ),
    "a slip in an e-mail": (
        ANN | {"email": "skylark@x.org"}, ANN | {"record": "b", "email": "skylerk@x.org"},
        {"name": "same", "birth_date": "same", "email": "slip"},
    ),
    "a slip in an e-mail that is made of the name": (
        ANN | {"email": "ann.lee@x.org"}, ANN | {"record": "b", "email": "anm.lee@x.org"},
        {"name": "same", "birth_date": "same", "email": "alike"},
    ),
    "a slip in an e-mail that is made of the name, where it is mistyped": (
        ANN | {"email": "annlee1@x.org"}, ANN | {"record": "b", "email": "annlew@x.org"},
        {"name": "same", "birth_date": "same", "email": "alike"},
    ),
    "another number in an e-mail": (
        ANN | {"email": "annlee1@x.org"}, person("b", "ann lee", email="annlee2@x.org"),
        {"name": "same", "email": "number"},
    ),
    "another sign in an e-mail": (
        ANN | {"email": "ann.lee@x.org"}, person("b", "ann lee", email="ann_lee@x.org"),
        {"name": "same", "email": "number"},
    ),
    "a mailbox at another provider": (
        ANN | {"email": "annlee@x.org"}, person("b", "ann lee", email="annlee@mail.com"),
        {"name": "same", "email": "local"},
    ),
    "a namesake at one address": (
        person("a", "ann lee", **HOME), person("b", "ann lee", **HOME),
        {"name": "namesake", "address": "same"},
    ),
    "a household": (
        ANN | HOME, person("b", "tom lee", birth_date=date(2011, 7, 19), **HOME),
        {"name": "household", "birth_date": "else", "address": "same"},
    ),
    "twins": (
        ANN | HOME, person("b", "zoe lee", birth_date=date(1985, 3, 2), **HOME),
        {"name": "twin", "birth_date": "same", "address": "same"},
    ),
    "twins of two sexes whose names are near": (
        person("a", "mark lee", birth_date=date(1985, 3, 2), gender="male", **HOME),
        person("b", "mary lee", birth_date=date(1985, 3, 2), gender="female", **HOME),
        {"name": "twin", "birth_date": "same", "gender": "else", "address": "same"},
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


def compared(desk: Tables, one: Row, other: Row) -> str:
    """The levels to which two records come."""
    engine: Any = desk.engine
    records = desk.of(COMPARABLES, [one, other])
    pair = desk.of(_PAIR, [{"record_l": "a", "record_r": "b", "match_key": "key"}])
    by = Scorer(Model(), engine.linkage)
    (found,) = desk.rows(by.compare(records, pair, kind=one["kind"]))
    levels: str = found["levels"]
    return levels


def told(kind: str, levels: str) -> dict[str, str]:
    """The names of the levels that were hit, without the silent ones."""
    return {
        comparison.name: comparison.levels[ord(letter) - ord(FIRST)].name
        for comparison, letter in zip(COMPARISONS[kind], levels, strict=False)
        if letter != SILENT
    }


@pytest.mark.parametrize("case", WRITTEN)
def test_two_records_come_to_these_levels_whichever_comes_first(engine, case):
    one, other, levels = WRITTEN[case]
    found = compared(engine, one, other)
    assert told(one["kind"], found) == levels
    assert compared(engine, other, one) == found


def test_what_contradicts_is_marked_at_the_end(duckdb):
    other = person("b", "ann lee", birth_date=date(1959, 11, 19))
    assert compared(duckdb, ANN, other)[-1] == CONTRADICTORY
    assert compared(duckdb, ANN, person("b", "ann lee"))[-1] == SILENT
