"""Whose is an alert, once the customer has another id? And what becomes of several who act on one at once?"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shuke.access.audit import Actor, read
from shuke.alerts.flips import AlertFinding, AlertSubject, Status, act, customers, handled, history, record
from shuke.errors import Overtaken
from shuke.store.operations import Operations
from tests.at_once import ACTORS, at_once

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ANN = Actor(who="ann", door="cli")


def finding(customer: str) -> AlertFinding:
    subject = AlertSubject("lapsing", "customer", customer)
    return AlertFinding(subject=subject, since=date(2026, 11, 1), severity="high")


def built(operations: Operations, found: Iterable[str], **means: str) -> int:
    return record(
        operations, [finding(who) for who in found], build=1, today=TODAY, now=NOW, means=means
    )  # fmt: skip


def test_an_alert_goes_on_as_that_of_the_customer_whom_the_id_means_by_now(operations: Operations):
    built(operations, ["OLD"])
    act(operations, [finding("OLD")], Status.ACKNOWLEDGED, by=ANN, now=NOW, today=TODAY)
    built(operations, ["NEW"], OLD="NEW")
    assert [(s.subject.id, s.status, s.who) for s in handled(operations, today=TODAY)] == [
        ("NEW", Status.ACKNOWLEDGED, "ann")
    ]
    assert [s.status for s in history(operations, finding("OLD").subject)] == [
        Status.OPEN, Status.ACKNOWLEDGED, Status.RESOLVED,
    ]  # fmt: skip
    assert built(operations, ["NEW"], OLD="NEW") == 0
    assert customers(operations) == ["NEW", "OLD"]


def test_who_has_an_alert_keeps_it_when_another_customer_is_merged_into_them(operations: Operations):
    built(operations, ["KEPT", "GONE"])
    act(operations, [finding("GONE")], Status.RESOLVED, by=ANN, now=NOW, today=TODAY)
    built(operations, ["KEPT"], GONE="KEPT")
    assert [s.status for s in history(operations, finding("KEPT").subject)] == [Status.OPEN]


def test_of_the_alerts_of_several_who_are_one_by_now_that_which_is_not_over_goes_on(operations: Operations):
    built(operations, ["ONE", "TWO", "THREE"])
    act(operations, [finding("TWO")], Status.ACKNOWLEDGED, by=ANN, now=NOW, today=TODAY)
    act(operations, [finding("THREE")], Status.RESOLVED, by=ANN, now=NOW + timedelta(hours=1), today=TODAY)
    act(operations, [finding("ONE")], Status.RESOLVED, by=ANN, now=NOW + timedelta(hours=1), today=TODAY)
    built(operations, ["NEW"], ONE="NEW", TWO="NEW", THREE="NEW")
    assert [(s.status, s.who) for s in history(operations, finding("NEW").subject)] == [
        (Status.ACKNOWLEDGED, "ann")
    ]


def all_act(
    operations: Operations, *statuses: Status, seen: Status | None = None
) -> list[type[BaseException] | None]:
    """What becomes of sixteen who act on one alert at the same moment, each by their own name."""

    def do(number: int) -> None:
        by, status = Actor(who=f"user{number}", door="console"), statuses[number % len(statuses)]
        act(operations, [finding("OLD")], status, by=by, now=NOW, today=TODAY, seen=seen)

    return at_once(do)


def test_of_sixteen_who_do_the_same_to_an_alert_one_has_done_it_and_nobody_fails(operations: Operations):
    built(operations, ["OLD"])
    assert all_act(operations, Status.ACKNOWLEDGED) == [None] * ACTORS
    flips = history(operations, finding("OLD").subject)
    assert [flip.status for flip in flips] == [Status.OPEN, Status.ACKNOWLEDGED]
    (event,) = read(operations)
    assert event.actor.who == flips[-1].who


def test_of_those_who_saw_an_alert_open_and_decide_otherwise_only_the_first_does(
    operations: Operations,
):
    built(operations, ["OLD"])
    told = all_act(operations, Status.ACKNOWLEDGED, Status.RESOLVED, seen=Status.OPEN)
    first = history(operations, finding("OLD").subject)[-1]
    assert len(history(operations, finding("OLD").subject)) == 2
    same = [error for n, error in enumerate(told) if (n % 2 == 0) == (first.status is Status.ACKNOWLEDGED)]
    assert same == [None] * 8 and told.count(Overtaken) == 8


def test_acts_of_those_who_have_not_looked_follow_one_another_and_none_is_lost(operations: Operations):
    built(operations, ["OLD"])
    assert all_act(operations, Status.ACKNOWLEDGED, Status.RESOLVED) == [None] * ACTORS
    flips = history(operations, finding("OLD").subject)
    assert [flip.number for flip in flips] == [*range(1, len(flips) + 1)]
    assert len(read(operations)) == len(flips) - 1
