from datetime import date
from typing import Any

import pytest

from shuke.errors import WrongCall
from shuke.identity.identities import customer_ids
from shuke.profiles.customers import customers
from shuke.segments import definitions, membership
from shuke.segments.definitions import Readable
from shuke.segments.membership import customer_segments, segment_changes, segment_members, segment_versions
from shuke.segments.segment import Segment
from tests.engine_fixtures import Row, Tables
from tests.segments.conditions import VOCABULARY

AS_OF = date(2026, 6, 15)


def segment(name: str, text: str | None = None, version: int = 1, **further: Any) -> Segment:
    return Segment(name=name, version=version, expression=text, **further)


def told(*segments: Segment) -> tuple[Readable, ...]:
    found = definitions.read(segments, VOCABULARY)
    assert found.failed == {}
    return found.readable


def living_in(**cities: str) -> list[Row]:
    return [{"customer_id": who, "city": city} for who, city in cities.items()]


class Builds:
    """Builds one after another, of which each sees the tables of the one before."""

    def __init__(self, desk: Tables) -> None:
        self.desk = desk
        self.before: dict[str, list[Row]] = {"customer_segments": [], "segment_versions": []}

    def build(
        self,
        people: list[Row],
        segments: tuple[Readable, ...],
        *,
        moved: dict[str, str] | None = None,
        looks_back: bool = False,
    ) -> tuple[set[tuple[str, str]], set[tuple[str, ...]]]:
        """(segment, customer) and (segment, customer, change, cause)."""
        desk, asked = self.desk, {"segments": segments, "looks_back": looks_back}
        means = {p["customer_id"]: p["customer_id"] for p in people} | (moved or {})
        tables = {
            "customers": desk.derived(customers, people),
            "customer_ids": desk.derived(
                customer_ids, [{"issued_id": one, "customer_id": now} for one, now in means.items()]
            ),
        }
        stood = desk.derived(customer_segments, self.before["customer_segments"])
        step, *_ = membership.tables_of(segments)
        others = (tables[name] for name in step.further_reads)
        now = desk.rows(desk.made(step, stood, *others, as_of=AS_OF, zone="UTC", **asked))
        stood_versions = desk.derived(segment_versions, self.before["segment_versions"])
        versions = desk.rows(desk.made(segment_versions, stood_versions, **asked))
        listed = desk.derived(customer_segments, now)
        changes = desk.made(
            segment_changes, listed, stood, desk.derived(segment_versions, versions), stood_versions,
            tables["customer_ids"], as_of=AS_OF, looks_back=looks_back,
        )  # fmt: skip
        changed = desk.rows(changes, "segment", "customer_id", "change", "cause")
        self.before = {"customer_segments": now, "segment_versions": versions}
        members = desk.rows(desk.made(segment_members, listed), "segment", "customer_id")
        return {tuple(row.values()) for row in members}, {tuple(row.values()) for row in changed}


def test_all_segments_are_told_in_one_pass_and_may_name_one_another(engine):
    segments = told(
        segment("far", "not in_segment('near') and city is not null"),
        segment("near", "city = 'Leeds' or in_segment('listed')"),
        segment("listed", members=("old-c", "x")),
    )
    members, changes = Builds(engine).build(
        living_in(a="Leeds", b="York", c="Bath"), segments, moved={"old-c": "c"}
    )
    assert members == {("near", "a"), ("near", "c"), ("far", "b"), ("listed", "c")}
    assert {change[2:] for change in changes} == {("entry", "definition")}


def test_entries_and_exits_are_told_from_build_to_build(engine):
    builds, leeds = Builds(engine), told(segment("leeds", "city = 'Leeds'"), segment("york", "city = 'York'"))
    builds.build(living_in(a="Leeds", b="York"), leeds)
    _, changes = builds.build(living_in(a="York", b="York", c="Leeds"), leeds)
    assert changes == {
        ("leeds", "a", "exit", "customer"), ("york", "a", "entry", "customer"),
        ("leeds", "c", "entry", "customer"),
    }  # fmt: skip
    assert builds.build(living_in(a="York", b="York", c="Leeds"), leeds)[1] == set()


def test_the_first_to_enter_an_empty_segment_has_changed(duckdb):
    builds, leeds = Builds(duckdb), told(segment("leeds", "city = 'Leeds'"))
    builds.build(living_in(a="York"), leeds)
    assert builds.build(living_in(a="Leeds"), leeds)[1] == {("leeds", "a", "entry", "customer")}


def test_who_enters_because_a_segment_was_edited_has_not_changed(duckdb):
    builds, people = Builds(duckdb), living_in(a="Leeds", b="York")
    builds.build(people, told(segment("here", "city = 'Leeds'")))
    _, changes = builds.build(people, told(segment("here", "city = 'York'", version=2)))
    assert changes == {("here", "a", "exit", "definition"), ("here", "b", "entry", "definition")}
    assert builds.build(people, told(segment("new", "city = 'York'")))[1] == {
        ("new", "b", "entry", "definition")
    }


def test_a_build_that_looks_back_tells_no_change_and_the_next_one_counts_from_before_it(engine):
    builds, leeds = Builds(engine), told(segment("leeds", "city = 'Leeds'"))
    builds.build(living_in(a="Leeds", b="York"), leeds)
    members, changes = builds.build(living_in(a="York", b="Leeds"), leeds, looks_back=True)
    assert members == {("leeds", "b")}
    assert changes == set()
    assert builds.build(living_in(a="Leeds", b="York"), leeds)[1] == set()
    assert builds.build(living_in(a="Leeds", b="Leeds"), leeds)[1] == {("leeds", "b", "entry", "customer")}


def test_who_was_merged_into_another_counts_as_that_one(engine):
    builds = Builds(engine)
    segments = told(segment("leeds", "city = 'Leeds'"), segment("york", "city = 'York'"))
    builds.build(living_in(a="Leeds", b="York", c="Leeds", d="Leeds"), segments)
    _, changes = builds.build(living_in(a="Leeds", c="Leeds"), segments, moved={"b": "a", "d": "c"})
    assert changes == {("york", "a", "exit", "customer")}


def test_a_segment_that_cannot_be_told_takes_none_with_it_but_those_that_name_it():
    found = definitions.read(
        [
            segment("good", "city = 'Leeds'"), segment("bad", "citi = 'Leeds'"),
            segment("worse", "in_segment('bad')"), segment("lost", "in_segment('gone')"),
            segment("one", "in_segment('two')"), segment("two", "not in_segment('one')"),
        ],
        VOCABULARY,
    )  # fmt: skip
    assert [one.segment.name for one in found.readable] == ["good"]
    said = {name: str(error) for name, error in found.failed.items()}
    assert "Did you mean city" in said["bad"] and said["worse"] == said["bad"]
    assert said["lost"] == "There is no segment gone."
    assert "in a circle" in said["one"] and "in a circle" in said["two"]


def test_a_segment_of_itself_and_a_chain_without_end_are_refused():
    with pytest.raises(WrongCall, match="circle"):
        definitions.check(segment("me", "in_segment('me') or city = 'a'"), [], VOCABULARY)
    chain = [segment("s0", "city = 'a'")]
    chain += [segment(f"s{n}", f"in_segment('s{n - 1}') or in_segment('s{n - 1}')") for n in range(1, 40)]
    assert definitions.check(chain[10], chain, VOCABULARY)
    with pytest.raises(WrongCall, match="20 deep"):
        definitions.check(chain[-1], chain, VOCABULARY)
