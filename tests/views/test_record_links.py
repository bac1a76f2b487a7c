"""By which way does one get from one record of a customer to another?"""

from hypothesis import given
from hypothesis import strategies as st

from shuke.views.record_links import RecordLink, path


def like(one: str, other: str, probability: float) -> RecordLink:
    return RecordLink(one, other, "likeness", probability=probability)


def ends(way: tuple[RecordLink, ...]) -> list[str]:
    return [f"{bond.record_l}{bond.record_r}" for bond in way]


def test_the_way_has_as_few_bonds_as_possible():
    bonds = [like("a", "b", 0.99), like("b", "c", 0.99), like("a", "c", 0.9)]
    assert ends(path(bonds, "c", "a")) == ["ac"]


def test_of_two_ways_as_short_the_surer_is_taken():
    bonds = [
        like("a", "b", 0.91),
        like("b", "d", 0.99),
        like("a", "c", 0.98),
        RecordLink("c", "d", "identifier"),
    ]
    assert ends(path(bonds, "a", "d")) == ["ac", "cd"]


def test_two_records_may_be_bound_twice():
    assert (
        path([like("a", "b", 0.9), RecordLink("a", "b", "decision", decision=1)], "a", "b")[0].by
        == "decision"
    )


def test_where_nothing_leads_there_is_no_way():
    assert path([like("a", "b", 0.99)], "a", "z") == ()


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.floats(0, 1)), max_size=12)
)
def test_a_way_is_a_chain_of_bonds_from_end_to_end(told: list[tuple[str, str, float]]):
    way = path([like(*bond) for bond in told], "a", "f")
    here = "a"
    for bond in way:
        assert here in bond.ends
        (here,) = bond.ends - {here} or {here}
    assert here == ("f" if way else "a")
