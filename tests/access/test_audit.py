"""Audit: only grows, is read page by page, and holds nothing personal."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from shuke.access.audit import Actor, AuditEvent, AuditFilter, AuditRecord, add, read, record
from shuke.store.operations import Operations

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIN = Actor("lin", "console")
WU = Actor("wu", "api")
EXPORT = AuditEvent(
    verb="exported",
    subject_kind="table",
    subject_id="customers",
    count=1200,
    detail={"columns": ("name", "phone"), "build": 12, "file_format": "xlsx"},
)


def test_an_entry_comes_back_as_it_was_recorded(operations: Operations):
    record(operations, LIN, EXPORT, now=NOON)
    (entry,) = read(operations)
    assert entry == AuditRecord(entry.id, NOON, LIN, EXPORT)


def test_the_newest_entries_come_first_page_by_page(operations: Operations):
    for number in range(5):
        record(operations, LIN, AuditEvent(verb="looked", subject_id=str(number)), now=NOON)
    first = read(operations, limit=2)
    second = read(operations, limit=2, before=first[-1].id)
    third = read(operations, limit=2, before=second[-1].id)
    assert [entry.event.subject_id for entry in first + second + third] == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (AuditFilter(), ["c3", "c2", "c1"]),
        (AuditFilter(who="lin"), ["c2", "c1"]),
        (AuditFilter(verb="exported"), ["c3"]),
        (AuditFilter(subject_kind="customer", subject_id="c2"), ["c2"]),
        (AuditFilter(since=NOON + timedelta(hours=1)), ["c3", "c2"]),
        (AuditFilter(until=NOON + timedelta(hours=1)), ["c1"]),
        (AuditFilter(who="lin", since=NOON + timedelta(hours=1)), ["c2"]),
    ],
)
def test_entries_are_narrowed(operations: Operations, wanted: AuditFilter, expected: list[str]):
    deeds = [(LIN, "looked", "c1"), (LIN, "looked", "c2"), (WU, "exported", "c3")]
    for hour, (actor, verb, customer) in enumerate(deeds):
        event = AuditEvent(verb=verb, subject_kind="customer", subject_id=customer)
        record(operations, actor, event, now=NOON + timedelta(hours=hour))
    assert [entry.event.subject_id for entry in read(operations, wanted)] == expected


@pytest.mark.parametrize(
    "event",
    [
        AuditEvent(verb="looked", detail={"name": "Zhang"}),  # type: ignore[dict-item]
        AuditEvent(verb="looked", detail={"query": "select"}),  # type: ignore[dict-item]
        AuditEvent(verb="looked", detail={"columns": ("name = 'Zhang San'",)}),
        AuditEvent(verb="looked", detail={"source": "13812341234"}),
        AuditEvent(verb="looked", detail={"table": "jane@example.com"}),
        AuditEvent(verb="looked", subject_kind="customer", subject_id="jane@example.com"),
        AuditEvent(verb="looked", subject_kind="customer", subject_id="13812341234"),
        AuditEvent(verb="looked at Jane"),
    ],
)
def test_personal_values_and_free_text_are_refused_and_not_shown(operations: Operations, event: AuditEvent):
    with pytest.raises(ValueError, match="the audit log keeps") as refused:
        record(operations, LIN, event, now=NOON)
    assert not any(value in str(refused.value) for value in ("Zhang", "jane", "Jane", "1381"))
    assert read(operations) == ()


def test_an_entry_shares_the_fate_of_its_transaction(operations: Operations):
    with pytest.raises(RuntimeError), operations.writing() as connection:  # noqa: PT012
        add(connection, LIN, EXPORT, now=NOON)
        raise RuntimeError
    assert read(operations) == ()


APPEND = """
import sys
from datetime import UTC, datetime
from shuke.access.audit import Actor, AuditEvent, record
from shuke.store.operations import open_operations

operations = open_operations(sys.argv[1])
for number in range(50):
    now = datetime(2026, 11, 21, tzinfo=UTC)
    record(operations, Actor(sys.argv[2], "api"), AuditEvent(verb="looked", subject_id=str(number)), now=now)
"""


def test_processes_that_append_at_once_lose_no_entry(operations: Operations, empty_database: str):
    command = [sys.executable, "-c", APPEND, empty_database]
    writers = [subprocess.Popen([*command, name]) for name in ("lin", "wu")]
    assert [writer.wait() for writer in writers] == [0, 0]
    written = {(entry.actor.who, entry.event.subject_id) for entry in read(operations, limit=1000)}
    assert written == {(name, str(number)) for name in ("lin", "wu") for number in range(50)}
