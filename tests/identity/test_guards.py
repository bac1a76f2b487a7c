"""What must never stand in one cluster."""

from datetime import date

import pytest

from shuke.identity.guards import (
    Guard,
    Profile,
    breaks,
    decided_apart,
    two_births,
    two_generations,
    two_kinds,
    two_residents,
)

OLD, YOUNG = date(1950, 1, 2), date(1975, 6, 7)


def lives(given: str, born: date, home: str = "mill lane 1") -> Profile:
    return Profile(families={(home, "lee"): {given: (born, born)}})


def both_ways(guard: Guard, one: Profile, other: Profile) -> bool:
    found = guard(one, other)
    assert guard(other, one) is found
    return found


def test_what_says_nothing_breaks_no_guard():
    assert not breaks(Profile(), Profile())


def test_two_sides_of_a_decision_stay_apart_and_one_side_does_not():
    left, right, both = (
        Profile(marks=marks) for marks in ({(7, "left")}, {(7, "right")}, {(7, "left"), (8, "right")})
    )
    assert both_ways(decided_apart, left, right)
    assert both_ways(decided_apart, both, right)
    assert not both_ways(decided_apart, left, both)


def test_two_residents_numbers_are_two_people():
    one, other = Profile(residents={"a"}), Profile(residents={"b"})
    assert both_ways(two_residents, one, other)
    assert not both_ways(two_residents, one, Profile(residents={"a"}))
    assert not both_ways(two_residents, one, Profile())


def test_two_birth_dates_count_once_two_sources_say_each():
    def born(**days: set[str]) -> Profile:
        births = {OLD if name == "old" else YOUNG: sources for name, sources in days.items()}
        return Profile(births=births, settled={day for day, sources in births.items() if len(sources) > 1})

    assert both_ways(two_births, born(old={"till", "web"}), born(young={"till", "web"}))
    assert not both_ways(two_births, born(old={"till", "web"}), born(young={"till"}))
    assert not both_ways(two_births, born(old={"till"}), born(young={"web"}))
    # Each date becomes sure by the joining itself.
    assert both_ways(two_births, born(old={"till"}, young={"web"}), born(old={"web"}, young={"till"}))
    assert both_ways(two_births, born(old={"till", "web"}, young={"till"}), born(young={"web"}))
    assert not both_ways(two_births, born(old={"till", "web"}), born(old={"card", "post"}))


def test_what_a_cluster_has_taken_in_counts_from_then_on():
    cluster = Profile(births={OLD: {"till"}}, residents={"a"})
    cluster.take(Profile(births={OLD: {"web"}}, kinds={"person"}, marks={(1, "left")}))
    assert (cluster.records, cluster.settled, cluster.kinds) == (2, {OLD}, {"person"})
    assert two_births(cluster, Profile(births={YOUNG: {"till", "web"}}, settled={YOUNG}))
    assert decided_apart(cluster, Profile(marks={(1, "right")}))
    cluster.take(lives("ann", OLD))
    cluster.take(lives("ann", YOUNG))
    assert cluster.families == {("mill lane 1", "lee"): {"ann": (OLD, YOUNG)}}


def test_father_and_son_at_one_address_are_two():
    assert both_ways(two_generations, lives("george", OLD), lives("henry", YOUNG))
    assert not both_ways(two_generations, lives("george", OLD), lives("henry", YOUNG, home="elsewhere"))
    assert not both_ways(two_generations, lives("george", OLD), lives("henry", date(1960, 1, 1)))


@pytest.mark.parametrize("other", ["george", "geroge", "gorge", "georges", "g", "zeorge"])
def test_one_name_with_two_dates_is_no_generation(other):
    assert not both_ways(two_generations, lives("george", OLD), lives(other, YOUNG))


@pytest.mark.parametrize(("one", "other"), [("li", "na"), ("tim", "jim"), ("h", "george"), ("anna", "hanne")])
def test_given_names_differ_by_more_than_a_slip(one, other):
    assert both_ways(two_generations, lives(one, OLD), lives(other, YOUNG))


def test_a_person_is_no_organisation():
    assert both_ways(two_kinds, Profile(kinds={"person"}), Profile(kinds={"organisation"}))
    assert not both_ways(two_kinds, Profile(kinds={"person"}), Profile())


def test_what_somebody_has_joined_against_a_guard_may_grow_but_not_get_worse():
    forced = Profile(residents={"a", "b"}, kinds={"person", "organisation"})
    assert not breaks(forced, Profile(residents={"a"}, kinds={"person"}))
    assert breaks(forced, Profile(residents={"c"}))
