"""A build that goes on from another looks at what has changed, and finds what it would find from nothing."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from shuke.identity.changed_records import changed_records
from shuke.identity.exact_matches import exact_matches
from shuke.identity.identifiers import identifiers
from shuke.identity.normalised_records import normalised_records
from tests.engine_fixtures import Row, Tables, at
from tests.identity.evidence import held, person

DAY = at("2026-03-01 00:00")
STEPS = (identifiers, changed_records, normalised_records, exact_matches)


@dataclass
class Deliveries:
    """Rows of people and identifiers that land day by day, and what a build after each of them finds."""

    desk: Tables
    people: list[Row] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)
    before: dict[str, list[Row]] = field(default_factory=dict)

    def build(self, people: list[Row], said: list[Row], *, afresh: bool = False) -> dict[str, list[Row]]:
        """Land some more rows and make the tables; `afresh`: from all that has ever landed."""
        came = {"received_at": DAY + timedelta(days=len(self.people))}
        fresh = [[came | row for row in rows] for rows in (people, said)]
        self.people += fresh[0]
        self.said += fresh[1]
        if afresh:
            self.before, fresh = {}, [self.people, self.said]
        desk, landed = self.desk, self.desk.landed
        new_people, new_said = landed("people", fresh[0]), landed("identifiers", fresh[1])
        kept = {step.name: desk.derived(step, self.before.get(step.name, [])) for step in STEPS}
        every = landed("identifiers", self.said)
        known = desk.made(identifiers, every, new_said, kept["identifiers"], country="GB", max_records=3)
        anew = desk.made(
            changed_records, new_people, new_said, known, kept["identifiers"], kept["normalised_records"]
        )
        told = desk.made(
            normalised_records, landed("people", self.people), known, anew, kept["normalised_records"]
        )
        tied = desk.made(exact_matches, known, told, anew, kept["identifiers"], kept["exact_matches"])
        found = zip(STEPS, (known, anew, told, tied), strict=True)
        self.before = {step.name: desk.rows(table) for step, table in found}
        return self.before


def called(record: str, name: str) -> Row:
    return {"record_id": record, "name": name}


def phone(record: str, number: str, **further: date) -> Row:
    return {"record_id": record, "kind": "phone", "value": number, **further}


def named(rows: list[Row]) -> str:
    return "".join(row["record"].removeprefix("till:") for row in rows)


def test_looked_at_are_new_records_and_who_shares_an_identifier_with_them(duckdb):
    till = Deliveries(duckdb)
    first = till.build([called("a", "Ann Lee"), called("b", "Bo Yu")], [phone("a", "07700900001")])
    assert named(first["changed_records"]) == "ab"
    second = till.build([called("c", "Ann Lee")], [phone("c", "07700 900001")])
    assert named(second["changed_records"]) == "ac"
    assert [(row["record_l"], row["record_r"]) for row in second["exact_matches"]] == [("till:a", "till:c")]
    assert named(till.build([], [])["changed_records"]) == ""


def test_either_engine_goes_on_from_what_was_found(engine):
    was = [held("till:a", "phone", "447700900001"), held("till:b", "phone", "447700900002")]
    kept = engine.derived(identifiers, was)
    said = [phone("a", "07700900001"), phone("b", "07700900002"), phone("c", "+44 7700 900001")]
    every, new = engine.landed("identifiers", said), engine.landed("identifiers", said[2:])
    known = engine.checkpoint(engine.made(identifiers, every, new, kept, country="GB"))
    people = [
        engine.derived(normalised_records, [person(f"till:{r}", "ann lee") for r in rs])
        for rs in ("abc", "ab")
    ]
    none = engine.landed("people")
    anew = engine.checkpoint(engine.made(changed_records, none, new, known, kept, people[1]))
    assert named(engine.rows(anew)) == "ac"
    old = {"record_l": "till:b", "record_r": "till:z", "kind": "phone", "scope": "", "value": "447700900002"}
    found = engine.made(
        exact_matches, known, people[0], anew, kept, engine.derived(exact_matches, [old | {"records": 2}])
    )
    assert [row["record_l"] + row["record_r"] for row in engine.rows(found)] == [
        "till:atill:c",
        "till:btill:z",
    ]


def test_a_value_that_too_many_come_to_share_unties_those_whom_it_tied(duckdb):
    till = Deliveries(duckdb)
    tied = till.build([called(n, "Ann Lee") for n in "abc"], [phone(n, "07700900001") for n in "abc"])
    assert len(tied["exact_matches"]) == 3
    untied = till.build([called("d", "Ann Lee")], [phone("d", "07700900001")])
    assert named(untied["changed_records"]) == "abcd"
    assert untied["exact_matches"] == []


def test_an_identifier_that_has_ended_since_has_its_record_looked_at_once(duckdb):
    till = Deliveries(duckdb)
    tomorrow = (DAY + timedelta(days=1)).date()
    till.build([called("a", "Ann Lee")], [phone("a", "07700900001", valid_until=tomorrow)])
    for looked_at in ("b", "ac", "d"):
        new = looked_at[-1]
        found = till.build([called(new, "Bo Yu")], [phone(new, f"0770090001{len(till.people)}")])
        assert named(found["changed_records"]) == looked_at


NAMES = some.sampled_from(["Ann Lee", "Anne Lee", "Tom Orr", "Zoe Lee"])
PHONES = some.sampled_from(["07700900001", "07700900002", "07700900003"])
ENDS = some.sampled_from([None, DAY.date(), (DAY + timedelta(days=3)).date()])
ARRIVALS = some.lists(
    some.lists(some.tuples(some.sampled_from("abcdefg"), NAMES, PHONES, ENDS), max_size=4),
    min_size=2, max_size=4,
)  # fmt: skip


@settings(max_examples=4)
@given(arrivals=ARRIVALS)
def test_delivery_by_delivery_or_at_once_the_tables_are_the_same(duckdb_engine, tmp_path_factory, arrivals):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("deliveries"))
    stepwise = Deliveries(desk)
    for rows in arrivals:
        people = [called(record, name) for record, name, _, _ in rows]
        said = [
            phone(record, number) | ({"valid_until": ends} if ends else {})
            for record, _, number, ends in rows
        ]
        found = stepwise.build(people, said)
    again = stepwise.build([], [], afresh=True)
    for step in (identifiers, normalised_records, exact_matches):
        assert found[step.name] == again[step.name]
