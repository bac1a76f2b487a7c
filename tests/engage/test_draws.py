"""A draw that everybody can work out again."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from shuke.access.audit import Actor
from shuke.engage import draws
from shuke.errors import WrongCall

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA = Actor("anna", "cli")
PEOPLE = [f"C{n}" for n in range(40)]


def opened(operations, **further):
    with operations.writing() as connection:
        return draws.open_draw(
            connection, "Spring", announced="lottery of 1 May", offer_id=None, by=ANNA, now=NOW,
            **{"prizes": 3} | further,
        )  # fmt: skip


def closed(operations, number, entrants=PEOPLE):
    with operations.writing() as connection:
        return draws.close_draw(connection, number, entrants, by=ANNA, now=NOW)


def revealed(operations, number, outcome="7 11 23"):
    with operations.writing() as connection:
        return draws.reveal(connection, number, outcome, by=ANNA, now=NOW)


def test_what_was_published_before_fits_what_is_told_after(operations):
    before = opened(operations)
    assert before.seed is None and before.winners == ()
    fixed = closed(operations, before.id, [*reversed(PEOPLE), "C1"])
    assert (fixed.entrants, fixed.odds, fixed.seed) == (40, 3 / 40, None)
    after = revealed(operations, before.id)
    assert after.seed and draws.digest(after.seed) == before.commitment
    assert draws.list_digest(PEOPLE) == fixed.entrants_digest
    again = draws.winners(PEOPLE, seed=after.seed, outcome="7 11 23", prizes=3)
    assert again == after.winners and len(set(again)) == 3


def test_each_step_is_taken_once_and_in_turn(operations):
    number = opened(operations).id
    with pytest.raises(WrongCall, match="closed"):
        revealed(operations, number)
    closed(operations, number)
    with pytest.raises(WrongCall, match="no open draw"):
        closed(operations, number, ["C1"])
    first = revealed(operations, number)
    with pytest.raises(WrongCall, match="not yet drawn"):
        revealed(operations, number, "another outcome")
    with operations.reading() as connection:
        assert draws.every(connection) == (first,)


@pytest.mark.parametrize(
    ("further", "why"), [({"prizes": 0}, "at least one prize"), ({}, "already"), ({"name": " "}, "name")]
)
def test_what_makes_no_sense_is_refused(operations, further, why):
    opened(operations)
    told = {"name": "Spring", "prizes": 1} | further
    with operations.writing() as connection, pytest.raises(WrongCall, match=why):
        draws.open_draw(
            connection, told["name"], announced="x", offer_id=None, prizes=told["prizes"], by=ANNA, now=NOW
        )
    number = 1
    with pytest.raises(WrongCall, match="Nobody"):
        closed(operations, number, [])


def test_everybody_wins_as_often_and_the_outcome_changes_who():
    won = Counter(
        who for n in range(3000) for who in draws.winners(PEOPLE, seed="s", outcome=str(n), prizes=4)
    )
    # 300 each; the chi-square of 39 is above 72.1 in one of a thousand
    assert sum((won[who] - 300) ** 2 / 300 for who in PEOPLE) < 72.1
    assert draws.winners(PEOPLE, seed="s", outcome="a", prizes=50) != tuple(PEOPLE)
    assert len(draws.winners(PEOPLE, seed="s", outcome="a", prizes=50)) == 40
