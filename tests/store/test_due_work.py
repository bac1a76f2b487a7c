"""Work that waits: taken by one worker at a time, on SQLite and on PostgreSQL, whoever dies meanwhile."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.store.operations import Operations, open_operations

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOON = timedelta(minutes=1)


def test_what_is_planned_twice_is_there_once(operations: Operations) -> None:
    assert _plan(operations, "a", "b") == 2
    assert _plan(operations, "b", "c") == 1
    assert [due.key for due in _claim(operations, limit=9)] == ["a", "b", "c"]


def test_nothing_is_taken_before_its_time(operations: Operations) -> None:
    _plan(operations, "later", due_at=NOON + SOON)
    assert _claim(operations) == []
    with operations.reading() as connection:
        assert due_work.next_due(connection, ["send"]) == NOON + SOON
    assert [due.key for due in _claim(operations, now=NOON + SOON)] == ["later"]


def test_the_longest_due_comes_first_and_other_kinds_not_at_all(operations: Operations) -> None:
    _plan(operations, "second")
    _plan(operations, "first", due_at=NOON - SOON)
    _plan(operations, "of another kind", kind="digest")
    assert [due.key for due in _claim(operations, limit=9)] == ["first", "second"]


def test_what_one_has_taken_no_other_gets_until_the_lease_ends(operations: Operations) -> None:
    _plan(operations, "a")
    (mine,) = _claim(operations, worker="one")
    assert _claim(operations, worker="two") == []
    (taken_over,) = _claim(operations, worker="two", now=NOON + due_work.LEASE)
    assert (taken_over.key, taken_over.attempts) == ("a", 2)
    with operations.writing() as connection:
        assert not due_work.finish(connection, mine, now=NOON)
        assert not due_work.renew(connection, mine, now=NOON)
        assert due_work.finish(connection, taken_over, now=NOON)
    assert _claim(operations, worker="three", now=NOON + timedelta(days=9)) == []


def test_a_worker_that_says_it_lives_keeps_its_work(operations: Operations) -> None:
    _plan(operations, "a")
    (mine,) = _claim(operations, worker="one")
    with operations.writing() as connection:
        assert due_work.renew(connection, mine, now=NOON + SOON)
    assert _claim(operations, worker="two", now=NOON + due_work.LEASE) == []


def test_what_is_put_off_comes_back_and_remembers_why(operations: Operations) -> None:
    _plan(operations, "a")
    (due,) = _claim(operations)
    with operations.writing() as connection:
        due_work.postpone(connection, due, until=NOON + SOON, error="no answer")
    assert _claim(operations) == []
    (again,) = _claim(operations, now=NOON + SOON)
    assert again.attempts == 2


def test_what_failed_or_was_withdrawn_is_not_tried_again(operations: Operations) -> None:
    _plan(operations, "spring:1", "spring:2", "autumn:1", "spring%")
    first = next(due for due in _claim(operations, limit=1))
    with operations.writing() as connection:
        due_work.fail(connection, first, now=NOON, error="refused")
        assert due_work.withdraw(connection, "send", prefix="spring:", now=NOON) == 1
        (told,) = due_work.waiting(connection)
    assert (told.waiting, told.failed) == (2, 1)
    assert {due.key for due in _claim(operations, limit=9)} == {"autumn:1", "spring%"}


def test_each_wait_is_twice_as_long_up_to_a_quarter_of_a_day() -> None:
    waits = [due_work.backoff(n) for n in (1, 2, 3, 50)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=6)]


WORK = """
import json, os, sys
from datetime import UTC, datetime, timedelta
from shuke.store import due_work
from shuke.store.operations import open_operations
operations, log = open_operations(sys.argv[1]), open(sys.argv[2], "a")
now = datetime.fromisoformat(sys.argv[3])
while True:
    with operations.writing() as connection:
        taken = due_work.claim(connection, ["send"], worker=str(os.getpid()), now=now, limit=7)
    for due in taken:
        print(json.dumps(due.key), file=log, flush=True)
        with operations.writing() as connection:
            due_work.finish(connection, due, now=now)
    if not taken:
        break
"""


def test_four_processes_do_everything_once(
    operations: Operations, empty_database: str, tmp_path: Path
) -> None:
    _plan(operations, *(f"{n:03}" for n in range(200)))
    workers = [_worker(empty_database, tmp_path / f"{n}.log") for n in range(4)]
    assert [worker.wait() for worker in workers] == [0, 0, 0, 0]
    assert sorted(_done(tmp_path)) == [f"{n:03}" for n in range(200)]


def test_what_a_killed_worker_had_is_taken_over(
    operations: Operations, empty_database: str, tmp_path: Path
) -> None:
    _plan(operations, *(f"{n:03}" for n in range(800)))
    killed = _worker(empty_database, tmp_path / "killed.log")
    while not (tmp_path / "killed.log").exists() or not _done(tmp_path):
        assert killed.poll() is None
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    later = NOON + due_work.LEASE
    assert _worker(empty_database, tmp_path / "later.log", now=later).wait() == 0
    done = _done(tmp_path)
    assert set(done) == {f"{n:03}" for n in range(800)}
    assert len(done) <= 801  # it may have died between doing one and saying so


STEPS = ["claim", "finish", "fail", "postpone", "die"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["claim", "finish", "fail", "postpone", "die"]), st.integers(0, 9))
    )
)
def test_whatever_workers_do_nothing_is_lost_or_held_by_two(
    tmp_path_factory: object, steps: list[tuple[str, int]]
) -> None:
    operations = open_operations("sqlite:///" + str(tmp_path_factory.mktemp("due")) + "/o.db")  # type: ignore[attr-defined]
    keys = {"a", "b", "c", "d"}
    _plan(operations, *keys)
    now, held, ended = NOON, {}, set()
    for step, number in steps:
        if step == "claim":
            for due in _claim(operations, worker=f"w{number}", now=now):
                assert due.key not in ended
                assert due.key not in held
                held[due.key] = due
        elif step == "die":  # all leases end
            now, held = now + due_work.LEASE * 2 + timedelta(hours=7), {}
        elif held:
            due = held.pop(sorted(held)[number % len(held)])
            with operations.writing() as connection:
                assert _end(connection, step, due, now)
            ended |= {due.key} if step != "postpone" else set()
    rest = _claim(operations, worker="last", now=now + timedelta(days=1), limit=9)
    assert {due.key for due in rest} == keys - ended
    operations.close()


def _end(connection: Connection, step: str, due: Due, now: datetime) -> bool:
    if step == "finish":
        return due_work.finish(connection, due, now=now)
    if step == "fail":
        return due_work.fail(connection, due, now=now, error="no")
    return due_work.postpone(connection, due, until=now)


def _plan(operations: Operations, *keys: str, kind: str = "send", due_at: datetime = NOON) -> int:
    with operations.writing() as connection:
        return due_work.plan(connection, kind, [Work(key=key, due_at=due_at) for key in keys], now=NOON)


def _claim(operations: Operations, *, worker: str = "one", now: datetime = NOON, limit: int = 1) -> list[Due]:
    with operations.writing() as connection:
        return due_work.claim(connection, ["send"], worker=worker, now=now, limit=limit)


def _worker(database: str, log: Path, *, now: datetime = NOON) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WORK, database, str(log), now.isoformat()])


def _done(folder: Path) -> list[str]:
    lines = [line for log in folder.glob("*.log") for line in log.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]
