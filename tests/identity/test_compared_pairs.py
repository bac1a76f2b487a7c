"""Compared pairs: by looking at what is new a build finds what it would find by looking at everything."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis.expr.types as ir
from hypothesis import given, settings
from hypothesis import strategies as some

from shuke.engine import open_engine
from shuke.identity.blocking import differing
from shuke.identity.compared_pairs import compared_pairs
from shuke.identity.identifiers import identifiers
from shuke.identity.models import Model
from shuke.identity.normalised_records import normalised_records
from shuke.identity.oversized_blocks import oversized_blocks
from shuke.identity.scoring import Scorer
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import held, person

BORN = date(1985, 3, 2)


@dataclass(frozen=True)
class Recording(Scorer):
    """A scorer that keeps in mind which pairs it was asked to weigh."""

    asked: list[str] = field(default_factory=list)

    def compare(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:
        self.asked.extend(row["record_l"] + row["record_r"] for row in pairs.to_pyarrow().to_pylist())
        return super().compare(records, pairs, kind=kind)


@dataclass
class Builds:
    """Builds one after another; each knows what the one before found."""

    desk: Tables
    max_records: int = 50
    before: list[list[Row]] = field(default_factory=lambda: [[], [], [], []])
    asked: list[str] = field(default_factory=list)

    def build(self, people: list[Row], said: list[Row] | None = None) -> list[Row]:
        desk, engine = self.desk, self.desk.engine
        records, known = desk.derived(normalised_records, people), desk.derived(identifiers, said or [])
        scorer = Recording(Model(), engine.linkage)
        tables = (normalised_records, identifiers, oversized_blocks, compared_pairs)
        were, had, *kept = [desk.derived(step, rows) for step, rows in zip(tables, self.before, strict=True)]
        changed = desk.checkpoint(differing(records.union(were), (records, known), (were, had)))
        before = (changed, were, had)
        crowded = desk.checkpoint(
            desk.made(oversized_blocks, records, known, *before, kept[0], max_records=self.max_records)
        )
        found = desk.made(compared_pairs, records, known, crowded, *before, *kept, scorer=scorer)
        made = desk.rows(desk.checkpoint(found))
        self.before = [desk.rows(t) for t in (records, known, crowded)] + [made]
        self.asked = sorted(scorer.asked)
        return made


def ends(found: list[Row]) -> list[str]:
    """The pairs that share a key."""
    return [row["record_l"] + row["record_r"] for row in found if row["near"]]


ANN = [person(r, "ann lee", birth_date=BORN) for r in "abc"]
TOM = [person(r, "tom orr", birth_date=date(1960, 1, 9)) for r in "xy"]


def test_only_pairs_with_a_new_record_are_weighed(engine):
    builds = Builds(engine)
    builds.build(ANN[:2] + TOM)
    assert builds.asked == ["ab", "ax", "ay", "bx", "by", "xy"]
    found = builds.build(ANN + TOM)
    assert builds.asked == ["ac", "bc", "cx", "cy"]
    assert ends(found) == ["ab", "ac", "bc", "xy"]
    assert builds.build(ANN + TOM) == found
    assert builds.asked == []


def test_a_record_that_says_something_else_is_weighed_again_and_one_that_is_gone_is_forgotten(duckdb):
    builds = Builds(duckdb)
    was = builds.build(ANN + TOM)
    moved = [*ANN[:2], ANN[2] | {"city": "leeds"}, *TOM]
    assert builds.build(moved) == was
    assert builds.asked == ["ac", "bc", "cx", "cy"]
    assert ends(builds.build([ANN[0], ANN[2], *TOM])) == ["ac", "xy"]
    assert builds.build(ANN + TOM) == was


def test_an_identifier_that_comes_or_goes_has_its_record_weighed_again(duckdb):
    builds = Builds(duckdb)
    calls = [held(r, "phone", "447700900123") for r in "ax"]
    assert ends(builds.build(ANN + TOM)) == ["ab", "ac", "bc", "xy"]
    assert ends(builds.build(ANN + TOM, calls)) == ["ab", "ac", "ax", "bc", "xy"]
    assert builds.asked == ["ab", "ac", "ax", "ay", "bx", "cx", "xy"]
    builds.build(ANN + TOM, calls[:1])
    assert builds.asked == ["ax", "bx", "cx", "xy"]  # a had the phone before and has it still


def test_a_key_that_becomes_crowded_compares_nobody_any_more_until_it_is_not(duckdb):
    builds = Builds(duckdb, max_records=3)
    alike = [person(r, "ann lee") for r in "abcd"]
    three = builds.build(alike[:3])
    assert ends(three) == ["ab", "ac", "bc"]
    assert ends(builds.build(alike)) == []
    assert builds.build(alike[:3]) == three


def test_of_few_records_all_pairs_show_what_chance_does(duckdb):
    found = Builds(duckdb).build(ANN + TOM)
    assert len(found) == 10
    assert all(row["drawn"] for row in found)
    assert len({(row["record_l"], row["record_r"]) for row in found}) == 10


def test_nobody_makes_no_pairs(duckdb):
    builds = Builds(duckdb)
    assert builds.build([]) == []
    assert ends(builds.build(ANN)) == ["ab", "ac", "bc"]
    assert builds.build([]) == []


def _a(*values: Any) -> Any:
    return some.sampled_from([*values, None])


PEOPLE = some.builds(
    lambda name, **said: person("", name or "", **said),
    _a("ann lee", "ann li", "anne lee", "tom lee", "lee ann"),
    birth_date=_a(BORN, date(1985, 2, 3)), city=_a("leeds", "york"), postcode=_a("ls1"),
    street=_a("mill lane"), house=_a("1", "2"), email=_a("ann@x.org", "anm@x.org"), gender=_a("female"),
)  # fmt: skip
NUMBERS = some.builds(lambda value: value, _a("447700900123", "447700900124"))
REGISTERS = some.lists(
    some.dictionaries(some.sampled_from("abcdefgh"), some.tuples(PEOPLE, NUMBERS), min_size=3, max_size=8),
    min_size=2, max_size=3,
)  # fmt: skip


@settings(max_examples=5)
@given(registers=REGISTERS)
def test_step_by_step_or_at_once_the_pairs_are_the_same(tmp_path_factory, registers):
    folder = tmp_path_factory.mktemp("pairs")
    with closing(open_engine("duckdb", scratch=folder)) as engine:
        desk = Tables(engine, folder)
        stepwise = Builds(desk, max_records=3)
        for register in registers:
            people = [told | {"record": record} for record, (told, _) in register.items()]
            said = [held(record, "phone", n) for record, (_, n) in register.items() if n]
            found = stepwise.build(people, said)
        assert found == Builds(desk, max_records=3).build(people, said)
