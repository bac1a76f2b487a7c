from datetime import UTC, datetime, timedelta

import pytest

from shuke.access import audit
from shuke.access.audit import Actor
from shuke.builds.stewardship import Decision, Verb, decide, decisions, undo
from shuke.errors import Undecided, WrongCall
from tests.at_once import ACTORS, at_once

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
LIN, WU = Actor("lin", "console"), Actor("wu", "cli")


def test_a_decision_is_kept_with_who_made_it_and_who_took_it_back(operations):
    number = decide(
        operations, "same", ["till:2", "till:1"], ["web:1"], by=LIN, now=NOON, note="Rang her up."
    )
    kept = Decision(
        number=number, verb="same", left=("till:1", "till:2"), right=("web:1",), who="lin", at=NOON,
        note="Rang her up.",
    )  # fmt: skip
    assert decisions(operations) == [kept]
    assert kept.stands
    undo(operations, number, by=WU, now=LATER)
    [undone] = decisions(operations)
    assert (undone.stands, undone.undone_at, undone.undone_by, undone.who) == (False, LATER, "wu", "lin")


def test_every_decision_is_in_the_audit_log_without_naming_a_record(operations):
    number = decide(operations, "split", ["till:1"], ["web:1", "web:2"], by=LIN, now=NOON)
    undo(operations, number, by=WU, now=LATER)
    entries = [(e.actor.who, e.event.verb, e.event.subject_id, e.event.count) for e in audit.read(operations)]
    assert entries == [("wu", "identity.undone", str(number), 3), ("lin", "identity.split", str(number), 3)]


def test_decisions_are_numbered_in_the_order_in_which_they_were_made(operations):
    numbers = [decide(operations, "different", ["a"], [right], by=LIN, now=NOON) for right in "bcd"]
    assert numbers == sorted(set(numbers)) == [d.number for d in decisions(operations)]


def test_what_does_not_stand_cannot_be_undone(operations):
    number = decide(operations, "same", ["a"], ["b"], by=LIN, now=NOON)
    undo(operations, number, by=LIN, now=NOON)
    for gone in (number, number + 1):
        with pytest.raises(WrongCall, match="no decision"):
            undo(operations, gone, by=LIN, now=LATER)
    assert decisions(operations)[0].undone_at == NOON


@pytest.mark.parametrize(
    ("verb", "left", "right"),
    [("same", [], ["b"]), ("same", ["a"], []), ("split", ["a", "b"], ["b"]), ("marry", ["a"], ["b"])],
)
def test_a_decision_that_says_nothing_is_refused_and_leaves_no_trace(operations, verb, left, right):
    with pytest.raises(WrongCall):
        decide(operations, verb, left, right, by=LIN, now=NOON)
    assert decisions(operations) == []
    assert audit.read(operations) == ()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ([("same", "a", "b")], ("different", "a", "b")),
        ([("same", "a", "b")], ("split", "b", "a")),
        ([("different", "a", "b")], ("same", "b", "a")),
        ([("split", "a", "b")], ("same", "a", "b")),
        ([("different", "ab", "cd")], ("same", "b", "d")),
        ([("same", "a", "b"), ("same", "b", "c")], ("different", "a", "c")),
        ([("different", "a", "c"), ("same", "a", "b")], ("same", "b", "c")),
    ],
)
def test_a_decision_that_contradicts_what_stands_is_refused_until_that_is_undone(operations, earlier, later):
    numbers = [decide(operations, verb, left, right, by=LIN, now=NOON) for verb, left, right in earlier]
    verb, left, right = later
    with pytest.raises(Undecided, match=r"Decision \d says the opposite about these records") as refused:
        decide(operations, verb, left, right, by=WU, now=LATER)
    assert len(decisions(operations)) == len(numbers)
    undo(operations, int(str(refused.value.values["number"])), by=WU, now=LATER)
    decide(operations, verb, left, right, by=WU, now=LATER)


def test_of_sixteen_who_decide_otherwise_at_once_those_hold_who_were_first(operations):
    verbs: tuple[Verb, Verb] = ("same", "different")
    told = at_once(lambda n: decide(operations, verbs[n % 2], ["a"], ["b"], by=LIN, now=NOON))
    made = decisions(operations)
    assert {d.verb for d in made} == {made[0].verb} and all(d.stands for d in made)
    assert told.count(Undecided) == ACTORS // 2
    assert sorted(n for n in told if isinstance(n, int)) == [d.number for d in made]


def test_of_sixteen_who_undo_one_decision_at_once_one_has_done_it(operations):
    number = decide(operations, "same", ["a"], ["b"], by=LIN, now=NOON)
    told = at_once(lambda n: undo(operations, number, by=Actor(f"user{n}", "api"), now=LATER))
    assert (told.count(None), told.count(WrongCall)) == (1, ACTORS - 1)
    assert (
        decisions(operations)[0].undone_by == audit.read(operations)[0].actor.who == f"user{told.index(None)}"
    )


def test_what_says_the_same_again_or_something_of_others_contradicts_nothing(operations):
    made: list[tuple[Verb, str, str]] = [
        ("different", "a", "b"), ("split", "a", "b"), ("different", "b", "a"), ("same", "a", "c"),
        ("different", "c", "b"), ("same", "b", "d"),
    ]  # fmt: skip
    for verb, left, right in made:
        decide(operations, verb, left, right, by=LIN, now=NOON)
    assert all(decision.stands for decision in decisions(operations))
