"""What becomes of due work that is done, refused, late or met by an error, and by whom it is written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shuke import app
from shuke.actions import work
from shuke.actions.work import Kind, Later, Worked, one_by_one
from shuke.app import Project
from shuke.channels.message import NotSent, Refused
from shuke.settings import Settings
from shuke.store import due_work
from shuke.store.due_work import Due, Work

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Bell:
    """Rings as it is told, and writes down what rang."""

    def __init__(self) -> None:
        self.meets: Exception | None = None
        self.rang: list[str] = []
        self.given_up: list[str] = []
        self.kind = Kind("ring", one_by_one(self.ring), self.give_up)

    def ring(self, _project: Project, due: Due, _now: datetime) -> work.Books:
        if self.meets:
            raise self.meets
        return lambda _: self.rang.append(due.key)

    def give_up(self, _connection: sa.Connection, due: Due, why: str, _now: datetime) -> None:
        self.given_up.append(f"{due.key}: {why}")


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Bell:
    bell = Bell()
    monkeypatch.setattr(work, "kinds", lambda: {"ring": bell.kind})
    return bell


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Project]:
    project = app.init(tmp_path / "shop", Settings(name="Shop"))
    yield project
    project.operations.close()


def test_what_is_done_is_written_down_and_not_done_again(shop: Project, bell: Bell) -> None:
    _plan(shop, "a", "b")
    assert _work(shop) == Worked(done=2)
    assert _work(shop) == Worked()
    assert bell.rang == ["a", "b"]


def test_what_takes_long_comes_last_and_is_not_taken_over_meanwhile(
    shop: Project, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[Worked] = []

    def tolls(_project: Project, _due: Due, now: datetime) -> work.Books:
        bell.rang.append("begins")
        came.append(_work(shop, now=now + timedelta(hours=5)))
        return work.nothing_written

    long = Kind("toll", one_by_one(tolls), lease=timedelta(hours=6))
    monkeypatch.setattr(work, "kinds", lambda: {"ring": bell.kind, "toll": long})
    with shop.operations.writing() as connection:
        due_work.plan(connection, "toll", [Work(key="long", due_at=NOON - timedelta(hours=1))], now=NOON)
    _plan(shop, "short")
    assert _work(shop) == Worked(done=2)
    assert bell.rang == ["short", "begins"]
    assert came == [Worked()]


@pytest.mark.parametrize("error", [NotSent("no answer"), OSError("lin@home.example"), RuntimeError("x")])
def test_what_may_go_better_is_tried_later_and_later(shop: Project, bell: Bell, error: Exception) -> None:
    _plan(shop, "a")
    bell.meets = error
    assert _work(shop) == Worked(later=1)
    assert _work(shop, now=NOON + timedelta(seconds=59)) == Worked()
    assert _work(shop, now=NOON + timedelta(minutes=1)) == Worked(later=1)
    bell.meets = None
    assert _work(shop, now=NOON + timedelta(minutes=2)) == Worked()
    assert _work(shop, now=NOON + timedelta(minutes=3)) == Worked(done=1)


def test_why_it_was_not_done_is_kept_without_anybodys_address(shop: Project, bell: Bell) -> None:
    _plan(shop, "a")
    bell.meets = OSError("lin@home.example")
    _work(shop)
    with shop.operations.reading() as connection:
        assert connection.execute(sa.select(due_work.due_work.c.error)).scalar() == "OSError"


def test_what_is_refused_is_given_up_at_once(shop: Project, bell: Bell) -> None:
    _plan(shop, "a")
    bell.meets = Refused("no such mailbox")
    assert _work(shop) == Worked(failed=1)
    assert bell.given_up == ["a: no such mailbox"]
    assert _work(shop, now=NOON + timedelta(days=9)) == Worked()


def test_what_never_goes_better_is_given_up_after_two_days(shop: Project, bell: Bell) -> None:
    _plan(shop, "a")
    bell.meets, now, waited = NotSent("no answer"), NOON, timedelta()
    while not bell.given_up:
        _work(shop, now=now)
        now += timedelta(minutes=30)
        waited = now - NOON
    assert timedelta(days=1) < waited < timedelta(days=3)


def test_what_is_not_due_after_all_waits_and_has_not_failed(shop: Project, bell: Bell) -> None:
    _plan(shop, "a")
    bell.meets = Later(NOON + timedelta(hours=9))
    assert _work(shop) == Worked(later=1)
    bell.meets = None
    assert _work(shop, now=NOON + timedelta(hours=8)) == Worked()
    assert _work(shop, now=NOON + timedelta(hours=9)) == Worked(done=1)


def test_an_error_of_one_does_not_keep_the_others_waiting(shop: Project, bell: Bell) -> None:
    _plan(shop, "a", "b", "c")
    ring = bell.ring

    def meets_one(project: Project, due: Due, now: datetime) -> work.Books:
        if due.key == "b":
            raise RuntimeError
        return ring(project, due, now)

    bell.kind = Kind("ring", one_by_one(meets_one))
    assert _work(shop) == Worked(done=2, later=1)
    assert bell.rang == ["a", "c"]


def test_what_another_has_taken_over_meanwhile_is_not_written_down_twice(shop: Project, bell: Bell) -> None:
    _plan(shop, "a")
    ring = bell.ring

    def slow(project: Project, due: Due, now: datetime) -> work.Books:
        if due.worker == "slow":
            assert _work(project, worker="other", now=NOON + due_work.LEASE) == Worked(done=1)
        return ring(project, due, now)

    bell.kind = Kind("ring", one_by_one(slow))
    assert _work(shop, worker="slow") == Worked()
    assert bell.rang == ["a"]


def _plan(shop: Project, *keys: str) -> None:
    with shop.operations.writing() as connection:
        due_work.plan(connection, "ring", [Work(key=key, due_at=NOON) for key in keys], now=NOON)


def _work(shop: Project, *, worker: str = "one", now: datetime = NOON) -> Worked:
    return work.work(shop, worker=worker, clock=lambda: now)
