"""Where a cluster that breaks a guard comes apart."""

import random
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.identity.constrained_clustering import CERTAIN, PROBABLE, Edge, joined
from shuke.identity.guards import ClusterProfile
from shuke.identity.identities import identities
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import (
    COMPARABLES,
    IDENTIFIERS,
    LINKS,
    PAIRS,
    decided,
    held,
    link,
    pair,
    person,
    thresholds,
)  # fmt: skip


def parts(desk: Tables, people: list[Row], **evidence: Any) -> list[str]:
    """The customers, each as the letters of its records: ["ab", "c"]."""
    rows = [
        {"record_id": p["record"].partition(":")[2], "source": p["record"].partition(":")[0]} for p in people
    ]
    made = desk.made(
        identities, desk.landed("people", rows), desk.of(IDENTIFIERS, evidence.get("identifiers", [])),
        desk.of(COMPARABLES, people), desk.of(LINKS, evidence.get("links", [])),
        desk.of(PAIRS, evidence.get("pairs", [])), thresholds(desk),
        desk.landed("decisions", evidence.get("decisions", [])), desk.landed("issued_ids"),
        max_records=evidence.get("max_records", 200),
    )  # fmt: skip
    customers: dict[str, str] = {}
    for row in desk.rows(made):
        customers[row["customer_id"]] = customers.get(row["customer_id"], "") + row["record_id"]
    return sorted("".join(sorted(letters)) for letters in customers.values())


def chain(letters: str, **probabilities: float) -> list[Row]:
    """Pairs from one letter to the next; chain("abc", bc=0.96) says how probable one of them is."""
    return [pair(f"till:{a}", f"till:{b}", probabilities.get(a + b, 0.99)) for a, b in pairwise(letters)]


def unknown(letters: str) -> list[Row]:
    return [person(f"till:{letter}") for letter in letters]


def test_a_cluster_with_two_residents_numbers_is_cut_at_its_weakest_edge(duckdb):
    numbers = [held("till:a", "resident_id", "1"), held("till:d", "resident_id", "2")]
    found = chain("abcd", bc=0.96)
    assert parts(duckdb, unknown("abcd"), pairs=found) == ["abcd"]
    assert parts(duckdb, unknown("abcd"), pairs=found, identifiers=numbers) == ["ab", "cd"]
    certain = [link("till:b", "till:c"), link("till:c", "till:d")]
    assert parts(duckdb, unknown("abcd"), pairs=found, identifiers=numbers, links=certain) == ["a", "bcd"]


def test_of_certain_edges_the_one_on_which_fewer_kinds_agree_is_cut_and_then_the_less_probable(duckdb):
    asked = {"identifiers": [held("till:a", "resident_id", "1"), held("till:c", "resident_id", "2")]}
    certain = [link("till:a", "till:b"), link("till:b", "till:c"), link("till:b", "till:c", "openid")]
    assert parts(duckdb, unknown("abc"), **asked, links=certain) == ["a", "bc"]
    assert parts(duckdb, unknown("abc"), **asked, links=certain[:2]) == ["ab", "c"]
    assert parts(duckdb, unknown("abc"), **asked, links=certain[:2], pairs=chain("bc", bc=0.1)) == ["a", "bc"]


def test_two_birth_dates_are_two_customers_however_many_links_there_are(engine):
    old, young = {"birth_date": "1950-01-02"}, {"birth_date": "1975-06-17"}
    people = [person("till:a", **old), person("web:b", **old), person("till:c", **young), person("till:d")]
    found = [pair("till:a", "web:b"), pair("web:b", "till:d", 0.96), pair("till:d", "till:c")]
    assert parts(engine, people, pairs=found) == ["ab", "cd"]
    certain = [link("till:a", "till:c"), link("web:b", "till:c"), link("till:a", "till:d")]
    assert parts(engine, people, pairs=found, links=certain) != ["abcd"]


def test_father_and_son_at_one_address_are_two_customers(duckdb):
    home = {"street": "mill lane", "house": "1"}
    people = [
        person("till:a", "george lee", birth_date="1950-01-02", **home),
        person("till:b", "henry lee", birth_date="1975-06-07", **home),
        person("till:c", "g lee", birth_date="1950-01-02", **home),
    ]
    found = [pair("till:a", "till:b"), pair("till:a", "till:c"), pair("till:b", "till:c", 0.96)]
    assert parts(duckdb, people, pairs=found) == ["ac", "b"]
    slip = [people[0], people[1] | {"given": "geroge", "familiar": False, "birth_date": None}, people[2]]
    assert parts(duckdb, slip, pairs=found) == ["abc"]


def test_a_person_and_an_organisation_are_two_customers(duckdb):
    people = [person("till:a", "ann lee"), person("till:b", "ann lee", kind="organisation"), person("till:c")]
    assert parts(duckdb, people, pairs=chain("acb", cb=0.96)) == ["ac", "b"]


def test_probable_edges_join_at_most_so_many_records_and_certain_ones_any(duckdb):
    letters = "abcdefgh"
    assert max(map(len, parts(duckdb, unknown(letters), pairs=chain(letters), max_records=3))) == 3
    certain = [link(f"till:{a}", f"till:{b}") for a, b in pairwise(letters)]
    assert parts(duckdb, unknown(letters), links=certain, max_records=3) == [letters]


def test_what_a_person_decides_goes_before_every_guard(duckdb):
    numbers = [held("till:a", "resident_id", "1"), held("till:b", "resident_id", "2")]
    same = decided(1, "same", "till:a", "till:b")
    certain = [link("till:a", "till:c"), link("till:b", "till:d")]
    asked = {"identifiers": numbers, "links": certain}
    assert parts(duckdb, unknown("abcd"), **asked) == ["ac", "bd"]
    assert parts(duckdb, unknown("abcd"), **asked, decisions=same) == ["abcd"]
    never = decided(2, "different", "till:a", "till:c")
    assert parts(duckdb, unknown("abcd"), **asked, decisions=same + never) == ["abd", "c"]


EDGES = st.lists(
    st.builds(
        Edge, st.sampled_from([CERTAIN, PROBABLE]), st.sampled_from([-1, 0]), st.sampled_from([-1.0, -2.0]),
        st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"),
    ),
    max_size=16,
)  # fmt: skip


@given(
    EDGES,
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(["1", "2", None]), min_size=8, max_size=8),
)
def test_in_whatever_order_edges_and_records_come_the_clusters_are_the_same(edges, dice, numbers):
    def cut() -> dict[str, str]:
        records = list(zip("abcdefgh", numbers, strict=True))
        dice.shuffle(records)
        known = {
            r: ClusterProfile(records={r}, conflicts=_others(records, r, number)) for r, number in records
        }
        return joined(dice.sample(edges, len(edges)), known, max_records=4)

    found = cut()
    assert cut() == found
    held = dict(zip("abcdefgh", numbers, strict=True))
    for least in set(found.values()):
        members = [record for record, cluster in found.items() if cluster == least]
        assert least == min(members)
        assert len({held[record] for record in members} - {None}) <= 1


def _others(records: list[tuple[str, str | None]], record: str, number: str | None) -> set[str]:
    """The records that have another number than a record."""
    return {r for r, other in records if r != record and number and other and other != number}


PAIRED = st.sets(st.tuples(*[st.sampled_from("abcdef")] * 2).filter(lambda p: p[0] < p[1]), max_size=9)


@settings(max_examples=10)
@given(PAIRED, PAIRED, st.randoms(use_true_random=False))
def test_in_whatever_order_rows_come_the_customers_are_the_same(
    duckdb_engine, tmp_path_factory, probable, certain, dice
):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("order"))

    def shuffled(rows: list[Row]) -> Any:
        return dice.sample(rows, len(rows))

    def found() -> list[str]:
        people = [person(f"till:{r}", birth_date="1950-01-02") for r in "abc"] + unknown("def")
        numbers = [held("till:a", "resident_id", "1"), held("till:f", "resident_id", "2")]
        return parts(
            desk, shuffled(people), identifiers=shuffled(numbers),
            pairs=shuffled([pair(f"till:{a}", f"till:{b}") for a, b in sorted(probable)]),
            links=shuffled([link(f"till:{a}", f"till:{b}") for a, b in sorted(certain)]),
        )  # fmt: skip

    assert found() == found()


@pytest.mark.parametrize("conflicts", [1, 50])
def test_a_cluster_of_a_hundred_thousand_records_comes_apart_in_seconds(conflicts):
    dice, names = random.Random(7), [f"{n:06}" for n in range(100_000)]
    known = {name: ClusterProfile(records={name}) for name in names}
    for one in names[::1_000]:
        for other in dice.sample(names, conflicts):
            if one != other:
                known[one].conflicts.add(other)
                known[other].conflicts.add(one)
    against = {name: set(profile.conflicts) for name, profile in known.items() if profile.conflicts}
    edges = [Edge(CERTAIN, -1, 0.0, *sorted(dice.sample(names, 2))) for _ in range(150_000)]
    started = time.process_time()
    found = joined(edges, known, max_records=200)
    assert time.process_time() - started < 15
    assert all(found[one] != found[other] for one, said in list(against.items()) for other in said)
