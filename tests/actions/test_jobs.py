"""What a server does by itself: files are taken in, builds and backups made, and all is written down."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shuke import app
from shuke.actions.jobs import Jobs
from shuke.actions.schedule import Schedule, last_time
from shuke.app import Project
from shuke.backup import restoring
from shuke.backup.encryption import DecryptionKeys
from shuke.collect.inbox import SETTLED
from shuke.errors import WrongSettings
from shuke.settings import Settings
from shuke.store import job_rows
from shuke.views import jobs as view
from shuke.views.viewer import Viewer, at_home
from tests.backup.conftest import BY, OWN
from tests.landing import ANALYSES

LISTED = "order_no,order_date,product_code,product_name,quantity,unit_price\n"


class Clock:
    """Stands a minute after the files were written, and goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    return app.init(tmp_path / "shop", Settings(name="Shop", language="en", analyses=ANALYSES))


def starting(project: Project, clock: Clock, **run: object) -> Jobs:
    """What a process that is started now does."""
    jobs = Jobs(project, Schedule.of(run), clock, "anna")
    jobs.begin()
    return jobs


def drop(jobs: Jobs, text: str, name: str = "today.csv", source: str = "till") -> Path:
    folder = jobs.inbox.folder / source
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def done(jobs: Jobs) -> list[tuple[str, str]]:
    return [(each.kind, each.outcome) for each in jobs.due()]


def owner(clock: Clock) -> Viewer:
    return at_home("anna", "cli", now=clock())


def test_a_dropped_file_is_imported_put_away_built_upon_and_told_of(few, shop: Project, clock: Clock):
    jobs = starting(shop, clock)
    file = drop(jobs, LISTED + "A1,2026-03-01,T1,Tea,1,68.00\n")
    assert done(jobs) == [("import", "done"), ("build", "done")]
    assert not file.exists() and (file.parent / "done" / "today.csv").exists()
    assert shop.open().table("purchases").count().execute() == 1
    assert done(jobs) == [], "nothing is done twice"
    told = [line.sentence for line in view.listed(shop, viewer=owner(clock))]
    assert told[1] == "Imported a file of till: 1 rows read, 1 loaded, 0 set aside."
    assert told[0].startswith("Made build 1 with ")


def test_a_file_that_is_still_written_to_waits(shop: Project, clock: Clock):
    jobs = starting(shop, clock)
    file = drop(jobs, LISTED)
    drop(jobs, LISTED, name="upload.csv.part")
    os.utime(file, (0, 0))  # a copy may keep the date of what it copies
    clock.now = datetime.fromtimestamp(file.stat().st_ctime, UTC) + SETTLED / 2
    assert done(jobs) == []
    clock.now += SETTLED
    assert [found.path.name for found in jobs.inbox.settled(clock())] == ["today.csv"]


def test_what_cannot_be_imported_lies_aside_with_a_word_and_is_not_tried_again(shop: Project, clock: Clock):
    jobs = starting(shop, clock)
    file = drop(jobs, "hello,there\nsecond,line\n", name="王芳.csv")
    drop(jobs, "hello,there\nsecond,line\n", name="王芳.csv", source="no good")
    assert done(jobs) == [("import", "failed")] * 2
    aside = file.parent / "failed"
    assert (aside / "王芳.csv").read_text("utf-8").startswith("hello")
    assert len((aside / "王芳.csv.txt").read_text("utf-8")) > 20
    assert done(jobs) == [], "there is nothing to build"
    told = view.listed(shop, viewer=owner(clock))[0].sentence
    assert told.startswith("A file of till was not imported; it lies in the folder “failed”. ")
    assert "王芳" not in told


def test_two_files_of_one_name_are_both_kept(few, shop: Project, clock: Clock):
    jobs = starting(shop, clock, build_at="")
    for day in ("2026-03-01", "2026-03-02"):
        file = drop(jobs, LISTED + f"A{day[-1]},{day},T1,Tea,1,68.00\n")
        assert done(jobs)[0] == ("import", "done")
        clock.now += timedelta(minutes=1)
    assert {each.name for each in (file.parent / "done").iterdir()} == {"today.csv", "today-2.csv"}


def test_a_build_is_due_once_a_day_whoever_has_been_started_since(few, shop: Project, clock: Clock):
    jobs = starting(shop, clock, build_at="02:30")
    drop(jobs, LISTED + "A1,2026-03-01,T1,Tea,1,68.00\n")
    assert ("build", "done") in done(jobs)
    assert done(starting(shop, clock)) == []
    clock.now += timedelta(days=1)
    assert done(starting(shop, clock)) == [("build", "done")]
    assert done(starting(shop, clock)) == []


def test_backups_are_made_can_be_restored_and_the_oldest_go(shop: Project, clock: Clock, tmp_path: Path):
    keys = {"backup_keys": [str(OWN.to_public())], "backups": str(tmp_path / "kept"), "backups_kept": 2}
    for _day in range(3):
        assert ("backup", "done") in done(starting(shop, clock, build_at="", **keys))
        assert done(starting(shop, clock, build_at="", **keys)) == []
        clock.now += timedelta(days=1)
    (older, newer) = sorted((tmp_path / "kept").iterdir())
    assert older.name < newer.name
    again = tmp_path / "again"
    opening = DecryptionKeys(passphrase=str, identities=(OWN,))
    restoring.restore(newer, again, keys=opening, by=BY, now=clock(), database="")
    assert app.open_project(again).settings.name == "Shop"


def test_what_died_within_a_job_is_told_as_interrupted(shop: Project, clock: Clock):
    with shop.operations.writing() as connection:
        job_rows.begin(connection, "build", source="", now=clock())
    (going,) = view.listed(shop, viewer=owner(clock))
    assert going.sentence == "A build is being made."
    assert Jobs(shop, Schedule(), clock, "anna").begin() == 1
    (ended,) = view.listed(shop, viewer=owner(clock))
    assert (ended.outcome, ended.sentence) == ("interrupted", "A build was interrupted.")


@pytest.mark.parametrize(
    "run",
    [{"build_at": "noon"}, {"nothing": 1}, {"backups_kept": 0}, {"backups": "/srv"}, {"inbox": 7}],
)
def test_a_schedule_that_makes_no_sense_is_refused(shop: Project, clock: Clock, run: dict[str, object]):
    with pytest.raises(WrongSettings):
        Jobs(shop, Schedule.of(run), clock, "anna")


@pytest.mark.parametrize(
    ("now", "last"),
    [("2026-12-01T18:29", "2026-11-30T18:30"), ("2026-12-01T18:30", "2026-12-01T18:30")],
)
def test_the_time_of_a_day_is_that_of_the_companys_clocks(now: str, last: str):
    at = last_time("02:30", zone="Asia/Shanghai", now=datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(last).replace(tzinfo=UTC)
