"""What must never stand in one cluster."""

from shuke.identity.guards import ClusterProfile, Guard, breaks, contradicted, decided_apart, unlikely


def both_ways(guard: Guard, one: ClusterProfile, other: ClusterProfile) -> bool:
    found = guard(one, other)
    assert guard(other, one) is found
    return found


def test_what_says_nothing_breaks_no_guard():
    assert not breaks(ClusterProfile(), ClusterProfile())


def test_two_sides_of_a_decision_stay_apart_and_one_side_does_not():
    left, right, both = (
        ClusterProfile(marks=marks) for marks in ({(7, "left")}, {(7, "right")}, {(7, "left"), (8, "right")})
    )
    assert both_ways(decided_apart, left, right)
    assert both_ways(decided_apart, both, right)
    assert not both_ways(decided_apart, left, both)


def test_whoever_contradicts_a_record_of_a_cluster_stays_out_of_it():
    one, other = ClusterProfile(records={"a"}, conflicts={"c"}), ClusterProfile(records={"b"})
    assert not both_ways(contradicted, one, other)
    other.take(ClusterProfile(records={"c"}, conflicts={"a"}))
    assert both_ways(contradicted, one, other)


def test_what_somebody_has_joined_against_a_guard_may_grow():
    forced = ClusterProfile(records={"a", "c"}, conflicts={"a", "c"})
    assert not breaks(forced, ClusterProfile(records={"b"}))
    assert breaks(forced, ClusterProfile(records={"d"}, conflicts={"a"}))


def test_one_likely_pair_does_not_outweigh_many_unlikely_ones():
    one = ClusterProfile(records={"a", "b"}, odds={"a": {"c": 4.0, "d": -3.0}, "b": {"c": -2.0}})
    assert both_ways(
        unlikely, one, ClusterProfile(records={"c", "d"}, odds={"c": {"a": 4.0, "b": -2.0}, "d": {"a": -3.0}})
    )
    assert not both_ways(unlikely, one, ClusterProfile(records={"c"}, odds={"c": {"a": 4.0, "b": -2.0}}))
    assert not both_ways(unlikely, one, ClusterProfile(records={"e"}))


def test_what_a_cluster_has_taken_in_counts_from_then_on():
    cluster = ClusterProfile(records={"a"}, conflicts={"x"})
    cluster.take(ClusterProfile(records={"b"}, conflicts={"y"}, odds={"b": {"z": -5.0}}, marks={(1, "left")}))
    assert (cluster.records, cluster.conflicts) == ({"a", "b"}, {"x", "y"})
    assert decided_apart(cluster, ClusterProfile(marks={(1, "right")}))
    assert unlikely(cluster, ClusterProfile(records={"z"}, odds={"z": {"b": -5.0}}))
