"""Whose is an alert, once the customer has another id?"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shuke.access.audit import Actor
from shuke.alerts.flips import Finding, Status, Subject, act, customers, handled, history, record
from shuke.store.operations import Operations

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ANN = Actor(who="ann", door="cli")


def finding(customer: str) -> Finding:
    subject = Subject("lapsing", "customer", customer)
    return Finding(subject=subject, since=date(2026, 11, 1), severity="high")


def built(operations: Operations, found: Iterable[str], **means: str) -> int:
    return record(
        operations, [finding(who) for who in found], build=1, today=TODAY, now=NOW, means=means
    )  # fmt: skip


def test_an_alert_goes_on_as_that_of_the_customer_whom_the_id_means_by_now(operations: Operations):
    built(operations, ["OLD"])
    act(operations, finding("OLD"), Status.ACKNOWLEDGED, by=ANN, now=NOW, today=TODAY)
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
    act(operations, finding("GONE"), Status.RESOLVED, by=ANN, now=NOW, today=TODAY)
    built(operations, ["KEPT"], GONE="KEPT")
    assert [s.status for s in history(operations, finding("KEPT").subject)] == [Status.OPEN]


def test_of_the_alerts_of_several_who_are_one_by_now_that_which_is_not_over_goes_on(operations: Operations):
    built(operations, ["ONE", "TWO", "THREE"])
    act(operations, finding("TWO"), Status.ACKNOWLEDGED, by=ANN, now=NOW, today=TODAY)
    act(operations, finding("THREE"), Status.RESOLVED, by=ANN, now=NOW + timedelta(hours=1), today=TODAY)
    act(operations, finding("ONE"), Status.RESOLVED, by=ANN, now=NOW + timedelta(hours=1), today=TODAY)
    built(operations, ["NEW"], ONE="NEW", TWO="NEW", THREE="NEW")
    assert [(s.status, s.who) for s in history(operations, finding("NEW").subject)] == [
        (Status.ACKNOWLEDGED, "ann")
    ]
