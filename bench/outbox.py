"""Outbox: how many messages a second are planned, claimed and written down?

python -m bench.outbox [NUMBER]     on SQLite in a folder of its own, without a channel or a build
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from shuke.engage import books, campaigns
from shuke.engage.books import Entry, MessageStatus
from shuke.engage.campaign import Campaign
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.store.operations import Operations, open_operations

NOW = datetime(2026, 11, 1, tzinfo=UTC)

#: What a worker takes at once.
AT_ONCE = 200


def measured(number: int) -> dict[str, float]:
    """Messages a second of wall time: planned, claimed, and ended each in a transaction of its own."""
    with tempfile.TemporaryDirectory() as folder:
        operations = open_operations(Path(folder) / "operations.db")
        campaign = Campaign.from_json(
            {"audience": "true", "channel": "news", "content": {"en": {"text": "Tea"}}}
        )
        with operations.writing() as connection:
            standing = campaigns.create(connection, "bench", campaign, who="bench", now=NOW)
        work = [
            Work(key=f"{standing.id}:C{n}", due_at=NOW, payload={"customer": f"C{n}"}) for n in range(number)
        ]
        taken: list[Due] = []
        found = {
            "planned": _rate(number, lambda: _plan(operations, work)),
            "claimed": _rate(number, lambda: taken.extend(_claim(operations))),
            "written down": _rate(number, lambda: _write(operations, standing.id, taken)),
        }
        operations.close()
    return found


def _rate(number: int, do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return number / (time.perf_counter() - started)


def _plan(operations: Operations, work: list[Work]) -> None:
    with operations.writing() as connection:
        due_work.plan(connection, "message", work, now=NOW)


def _claim(operations: Operations) -> list[Due]:
    taken: list[Due] = []
    while True:
        with operations.writing() as connection:
            some = due_work.claim(connection, ["message"], worker="bench", now=NOW, limit=AT_ONCE)
        if not some:
            return taken
        taken += some


def _write(operations: Operations, campaign_id: int, taken: list[Due]) -> None:
    for due in taken:
        entry = Entry(
            key=due.key, campaign_id=campaign_id, customer_id=due.payload["customer"], channel="news",
            is_marketing=True, status=MessageStatus.SENT, at=NOW,
        )  # fmt: skip
        with operations.writing() as connection:
            due_work.finish(connection, due, now=NOW)
            books.enter(connection, entry)


if __name__ == "__main__":
    for what, rate in measured(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000).items():
        print(f"{what:14} {rate:10,.0f} a second")
