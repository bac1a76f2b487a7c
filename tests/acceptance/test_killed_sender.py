"""A sender that is killed at fifty random points: nobody is written to twice, and nobody is forgotten."""

import multiprocessing
import pkgutil
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from shuke import actions
from shuke.actions import campaigns, work
from shuke.app import Project, open_project
from tests.channels.listening import Mailbox, mail_server
from tests.engage import club

KILLS = 50
MEMBERS = 400

#: So soon the work of a killed sender is taken over.
LEASE = timedelta(seconds=0.2)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.mark.timeout(600)
def test_a_sender_that_is_killed_writes_to_everybody_once(tmp_path: Path, box: Mailbox) -> None:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    shop = club.found(tmp_path / "shop", channels={"news": news})
    club.members(shop, MEMBERS)
    club.build(shop)
    campaigns.create(shop, "spring", club.campaign(quiet=[]), viewer=club.viewer())
    campaigns.begin(shop, "spring", viewer=club.viewer())
    shop.operations.close()
    seen = _kill_again_and_again(shop.root, box)
    _send(shop.root)
    again = open_project(shop.root)
    written = club.book(again)
    again.operations.close()
    everybody = {f"m{n:03}@home.example" for n in range(MEMBERS)}
    letters = Counter(str(letter["To"]) for letter in box.letters)
    # It was killed at work, not before or after it.
    assert len({number for number in seen if 0 < number < MEMBERS}) > KILLS / 4
    assert set(letters) == everybody
    # A mailbox knows by its id a letter that a killed sender had handed over without living to say so.
    assert {len(box.of(address)) for address in everybody} == {1}
    assert sum(letters.values()) - MEMBERS <= KILLS
    assert Counter(status for _, status, _ in written) == {"sent": MEMBERS}
    assert len({customer for customer, _, _ in written}) == MEMBERS


def _kill_again_and_again(root: Path, box: Mailbox) -> list[int]:
    """Start senders and kill each at a random moment; how many letters had arrived by then."""
    spawning, chance = multiprocessing.get_context("forkserver"), random.Random(7)
    # Whatever a worker asks for work of it knows before it is born, so that it dies at work.
    every = [f"shuke.actions.{found.name}" for found in pkgutil.iter_modules(actions.__path__)]
    spawning.set_forkserver_preload(every)
    seen = []
    for _ in range(KILLS):
        sender = spawning.Process(target=_send, args=(root,))
        sender.start()
        _await(len(box.letters) + chance.randint(0, MEMBERS // KILLS), box, sender)
        # Anywhere within a letter, be the machine quick or slow.
        time.sleep(chance.uniform(0.0, 0.03))
        sender.kill()
        sender.join()
        seen.append(len(box.letters))
    return seen


def _await(due: int, box: Mailbox, sender: BaseProcess) -> None:
    """Until so many letters have come: by the clock, a quick machine would be done after a few deaths."""
    while len(box.letters) < due and sender.is_alive():
        time.sleep(0.001)


def _send(root: Path) -> None:
    """Send until nothing is due or leased any more."""
    project = open_project(root)
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < 2 * LEASE.total_seconds():
        if _did(project):
            idle_since = time.monotonic()
    project.operations.close()


def _did(project: Project) -> bool:
    worker = f"sender {time.monotonic_ns()}"
    return bool(work.work(project, worker=worker, clock=lambda: datetime.now(UTC), lease=LEASE, limit=4))
