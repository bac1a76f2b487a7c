"""Whatever people do, killed at any moment: it is done whole or not at all, and the project is sound.

SHUKE_KILLS=500 .venv/bin/pytest -s --timeout=0 tests/acceptance/test_kills.py    takes a quarter of an hour
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from shuke.access import audit
from shuke.app import Project, open_project
from shuke.builds import pipeline, stewardship
from shuke.integrity.checks import examine
from tests.acceptance import victims
from tests.acceptance.test_crashes import LINES
from tests.collect.desk import NOW, Desk, open_desk
from tests.few_tables import only

KILLS = int(os.environ.get("SHUKE_KILLS", "16"))

#: Of so many deeds, so many are of a kind: a build takes as long as all others.
SHARES = {"import": 6, "upload": 6, "rollback": 5, "decision": 5, "build": 1}


@dataclass(frozen=True)
class State:
    """What can be seen of a project."""

    batches: int  # of the till; what builds land themselves is theirs
    lines: int
    builds: tuple[int, ...]
    current: int
    decisions: int
    noted: int  # imports in the audit log

    @classmethod
    def of(cls, project: Project) -> "State":
        till = [receipt for receipt in project.landing.receipts() if receipt.source == "till"]
        return cls(
            len(till), sum(receipt.tables["order_items"] for receipt in till),
            tuple(project.builds.numbers()), project.builds.current().number,
            len(stewardship.decisions(project.operations)),
            [entry.event.verb for entry in audit.read(project.operations, limit=10_000)].count("imported"),
        )  # fmt: skip


@dataclass
class Company:
    """A shop whose people are interrupted all the time."""

    desk: Desk
    dice: random.Random = field(default_factory=lambda: random.Random(4711))
    takes: dict[str, float] = field(default_factory=dict)  # seconds that a deed takes when nobody is killed
    files: int = 0

    @property
    def root(self) -> Path:
        return self.desk.project.root

    def file(self) -> Path:
        """Five lines that nobody has imported yet."""
        self.files += 1
        rows = [(f"{self.files}-{line}", "TEA", line) for line in range(1, 6)]
        return self.desk.write(f"{self.files}.csv", list(LINES), *rows)

    def starts(self, event: str, seen: State) -> Callable[[], BaseProcess]:
        pair = [f"till:{seen.decisions * 2 + side}" for side in (1, 2)]
        other = self.dice.choice(seen.builds)
        given: dict[str, tuple[Callable[..., None], tuple[object, ...]]] = {
            "import": (victims.take, ("till", self.file())),
            "upload": (victims.upload, ("till", self.file())),
            "rollback": (victims.roll_back, (other,)),
            "decision": (victims.decide, tuple(pair)),
            "build": (victims.build, ()),
        }
        work, args = given[event]
        return lambda: victims.start(work, self.root, *args)

    def do(self, event: str, seen: State) -> int | None:
        """Begin a deed and kill it; the first of its kind is left to end. Returns how its process ended."""
        process = self.starts(event, seen)()
        started = time.perf_counter()
        if event in self.takes:
            process.join(self.dice.uniform(0, self.takes[event] * 1.1))
            process.kill()
        process.join()
        self.takes.setdefault(event, time.perf_counter() - started)
        return process.exitcode


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """With two builds, so that one can be rolled back to."""
    desk = open_desk(tmp_path_factory.mktemp("kills"))
    desk.means("till", LINES)
    made = Company(desk)
    for _ in range(2):
        desk.take("till", made.file())
        with only(*victims.TABLES):
            pipeline.build(desk.project, now=NOW)
    desk.project.operations.close()
    return made


def _check(event: str, before: State, after: State, *, done: bool) -> None:
    """One step further, or none; whoever was told that it is done finds it done."""
    changed = [name for name in State.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
    may = {
        "import": ["batches", "lines"], "upload": ["batches", "lines", "noted"], "rollback": ["current"],
        "decision": ["decisions"], "build": ["builds", "current"],
    }[event]  # fmt: skip
    assert set(changed) <= set(may), (event, before, after)
    assert after.batches - before.batches in (0, 1)
    assert after.lines - before.lines == 5 * (after.batches - before.batches)
    assert after.decisions - before.decisions in (0, 1)
    assert after.current in after.builds
    if event == "upload":  # what has landed was noted
        assert after.noted - before.noted in (after.batches - before.batches, 1)
    if done and event != "rollback":  # which may go to where it is
        assert changed, (event, before)


def test_whatever_is_killed_is_whole_or_not_there_and_the_project_is_sound(company: Company) -> None:
    deeds = [event for event, share in SHARES.items() for _ in range(share)]
    ended: Counter[tuple[str, bool]] = Counter()
    seen = State.of(open_project(company.root))
    for number in range(KILLS + len(SHARES)):
        event = [*SHARES][number] if number < len(SHARES) else company.dice.choice(deeds)
        code = company.do(event, seen)
        assert code in (0, -9), event  # never an error
        project = open_project(company.root)
        after = State.of(project)
        _check(event, seen, after, done=code == 0)
        project.operations.close()
        grave = [finding for finding in examine(company.root) if finding.grave]
        assert not grave, (event, code)
        ended[event, code == 0] += 1
        seen = after
    print(f"\n{KILLS} kills:", {" done: ".join(map(str, each)): n for each, n in sorted(ended.items())})
    assert sum(n for (_, done), n in ended.items() if not done) > KILLS / 3
