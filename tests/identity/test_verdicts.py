"""Which decisions of people hold."""

import pytest

from shuke.identity.verdicts import marks, standing, together, verdicts
from tests.identity.evidence import decided

Told = tuple[str, str, str]


def held(*told: Told) -> list[int]:
    """The numbers of those that hold, of decisions told oldest first."""
    rows = [row for n, said in enumerate(told, start=1) for row in decided(n, *said)]
    return sorted(verdict.number for verdict in standing(verdicts(rows[::-1])))


AGREEING: list[list[Told]] = [
    [("same", "a", "b"), ("same", "b", "c"), ("different", "a", "d")],
    [("split", "a b", "c"), ("same", "a", "b")],
    [("different", "a b", "c"), ("same", "a", "b")],
    [("same", "a", "gone"), ("different", "a", "b")],
]
CONTRADICTING: list[tuple[list[Told], list[int]]] = [
    ([("same", "a", "b"), ("different", "a", "b")], [2]),
    ([("different", "a", "b"), ("same", "a", "b")], [2]),
    ([("same", "a", "b"), ("same", "b", "c"), ("different", "a", "c")], [2, 3]),  # newest first
    ([("split", "a b", "c"), ("different", "a", "b")], [2]),
    ([("split", "a", "b c"), ("same", "a", "c")], [2]),
    ([("same", "a", "b c"), ("different", "a", "b")], [2]),  # void as a whole
    ([("different", "a", "b"), ("same", "a", "b"), ("different", "a", "b")], [1, 3]),
]


@pytest.mark.parametrize("told", AGREEING)
def test_decisions_that_agree_all_hold(told):
    assert held(*told) == [*range(1, len(told) + 1)]


@pytest.mark.parametrize(("told", "expected"), CONTRADICTING)
def test_an_older_decision_that_contradicts_newer_ones_is_void(told, expected):
    assert held(*told) == expected


def test_a_split_keeps_each_side_together_and_the_two_apart():
    found = verdicts(decided(3, "split", "b a", "d c"))
    assert list(together(found)) == [("a", "b"), ("c", "d")]
    assert list(marks(found)) == [
        ("a", (3, "left")), ("b", (3, "left")), ("c", (3, "right")), ("d", (3, "right"))
    ]  # fmt: skip
