"""Backups: what is restored is what was there at one moment, or nothing at all."""

import errno
import io
import stat
import tarfile
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any
from unittest.mock import Mock

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from shuke import app
from shuke.access import audit
from shuke.access.audit import AuditEvent
from shuke.app import Project
from shuke.backup import restoring, saving
from shuke.backup.archive import ArchiveHeader
from shuke.backup.encryption import sealing
from shuke.backup.snapshot import BuildScope, take_snapshot
from shuke.builds.stewardship import decide, decisions
from shuke.errors import Busy, Unavailable, Unreadable, WrongCall
from shuke.settings import Settings
from shuke.store import disk, operations_copy, wholeness
from shuke.store.schema import metadata
from tests.backup.conftest import BY, KEYS, LOCKS, NOW, again, build, files, land, save


def again_in(database: str, file: Path, folder: Path) -> Project:
    return restoring.restore(file, folder, keys=KEYS, by=BY, now=NOW, database=database).project


def rows(project: Project) -> dict[str, list[Any]]:
    with project.operations.reading() as connection:
        return {t.name: list(connection.execute(select(t))) for t in metadata.sorted_tables}


def test_every_file_and_every_row_comes_back(shop: Project, tmp_path: Path):
    decide(shop.operations, "same", ["till:1"], ["web:1"], by=BY, now=NOW, note="她打过电话")
    saved = save(shop, tmp_path / "b", BuildScope.ALL)
    before = rows(shop)
    restored = again(saved.file, tmp_path / "again")
    wanted = {name: content for name, content in files(shop.root).items() if name != "notes.csv"}
    assert files(restored.root) == wanted and len(wanted) > 12
    [entry] = rows(restored).pop("audit")[len(before["audit"]) :]
    assert entry.verb == "restored" and saved.files == len(wanted) + 1
    assert {**rows(restored), "audit": before["audit"]} == before
    assert restored.key == shop.key and restored.builds.current().number == 2
    with restored.operations.reading() as connection:  # readers and a writer at once, as in the original
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_what_is_restored_is_taken_for_what_it_was_without_being_read_again(
    shop, backup, tmp_path, monkeypatch
):
    restored = again(backup, tmp_path / "again")
    monkeypatch.setattr("shuke.store.file_records._digest", lambda path: pytest.fail(f"{path} is read again"))
    assert [*wholeness.faults(restored.landing), *restored.builds.current().faults()] == []
    assert [*wholeness.faults(shop.landing), *shop.builds.current().faults()] == []


def test_it_is_said_that_something_was_not_as_it_had_landed(shop: Project, tmp_path: Path):
    assert save(shop, tmp_path / "sound").damaged == ()
    (shop.landing.folder / "000001-till" / "people.0.parquet").unlink()
    (shop.landing.folder / "000002-网店" / "receipt.json").write_text("{")
    assert save(shop, tmp_path / "b").damaged == ("000001-till", "000002-网店")
    changed = shop.landing.folder / land(shop) / "people.0.parquet"
    changed.write_bytes(changed.read_bytes()[::-1])
    assert save(shop, tmp_path / "c").damaged == ("000001-till", "000002-网店", "000003-till")


def test_what_is_restored_is_its_owners_alone(backup: Path, tmp_path: Path):
    restored = again(backup, tmp_path / "again")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in restored.root.rglob("*") if p.is_file()}
    folders = {
        stat.S_IMODE(p.stat().st_mode) for p in [restored.root, *restored.root.rglob("*")] if p.is_dir()
    }
    assert (modes, folders) == ({0o600}, {0o700})
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.mark.parametrize(("which", "numbers"), [("none", []), ("current", [2]), ("all", [1, 2])])
def test_one_chooses_which_builds_are_taken_along(
    shop: Project, tmp_path: Path, which: str, numbers: list[int]
):
    restored = again(save(shop, tmp_path / "b", BuildScope(which)).file, tmp_path / "again")
    assert restored.builds.numbers() == numbers
    assert restored.builds.pointed == bool(numbers)


def test_a_project_in_which_nothing_has_landed_is_saved_too(tmp_path: Path):
    project = app.init(tmp_path / "new", Settings(name="New", language="en"))
    restored = again(save(project, tmp_path / "b").file, tmp_path / "again")
    assert (restored.settings.name, restored.key) == ("New", project.key)


def test_a_backup_is_of_one_moment_while_others_import_and_decide(shop: Project, tmp_path: Path):
    """Each batch is told of in the audit log right after it has landed: never more entries than batches."""
    over = Event()

    def work() -> None:
        while not over.is_set():
            audit.record(shop.operations, BY, AuditEvent(verb="imported", subject_id=land(shop)), now=NOW)
            time.sleep(0.01)

    working = Thread(target=work)
    working.start()
    try:
        saved = [save(shop, tmp_path / f"b{n}").file for n in range(3)]
    finally:
        over.set()
        working.join()
    for file in saved:
        restored = again(file, tmp_path / f"from-{file.name}")
        told = {e.event.subject_id for e in audit.read(restored.operations, limit=10_000)} - {None}
        landed = {receipt.batch for receipt in restored.landing.receipts()} - {"000001-till", "000002-网店"}
        assert told <= landed and len(landed - told) <= 1


def test_what_lands_while_the_database_is_copied_belongs_to_a_later_look(shop, tmp_path, monkeypatch):
    landed = [True, False]

    def copy(operations: Any, target: Path) -> None:
        as_ever(operations, target)
        if landed.pop(0):
            decide(operations, "same", ["a"], ["b"], by=BY, now=NOW)
            land(shop)

    as_ever = operations_copy.copy
    monkeypatch.setattr(operations_copy, "copy", copy)
    restored = again(save(shop, tmp_path / "b").file, tmp_path / "again")
    assert len(restored.landing.receipts()) == 3 and len(decisions(restored.operations)) == 1


def test_a_project_that_never_stands_still_is_told_so(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(operations_copy, "copy", lambda operations, target: land(shop))
    with pytest.raises(Busy, match="keeps changing"):
        save(shop, tmp_path / "b")
    assert not (tmp_path / "b").exists() and not list(shop.work.glob("backup/*"))


@pytest.mark.parametrize("links", [True, False])
def test_a_build_that_is_dropped_while_it_is_read_is_in_the_backup(shop, tmp_path, monkeypatch, links: bool):
    if not links:  # as on FAT, where a file has one name
        monkeypatch.setattr("os.link", Mock(side_effect=PermissionError(errno.EPERM, "no second name")))
    found = take_snapshot(shop, disk.private(tmp_path / "aside"), which=BuildScope.CURRENT)
    for _ in range(3):
        build(shop)
    with shop.builds.making() as making:
        making.prune()
    assert shop.builds.numbers() == [4, 5]
    [table] = [part.path for part in found.parts if "/rfm." in part.name]
    assert pq.read_table(table)["name"].to_pylist() == ["2" * 1000]


def test_a_backup_overwrites_nothing_and_lies_outside_of_the_data(shop: Project, backup: Path):
    before = backup.read_bytes()
    with pytest.raises(WrongCall, match="already exists"):
        save(shop, backup)
    with pytest.raises(WrongCall, match="is inside the project being backed up"):
        save(shop, shop.data / "b")
    with pytest.raises(WrongCall, match="no folder"):
        save(shop, backup.parent / "nowhere" / "b")
    assert backup.read_bytes() == before


def test_it_is_restored_into_a_new_or_empty_folder_alone(backup: Path, tmp_path: Path):
    place = tmp_path / "there"
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    for folder in (place, place / "mine.txt"):
        with pytest.raises(WrongCall, match="not empty"):
            again(backup, folder)
    (place / "mine.txt").unlink()
    assert again(backup, place).landing.receipts()


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("fault", ["cut", "bit", "other"])
def test_nothing_is_left_of_what_cannot_be_restored(backup: Path, tmp_path: Path, there: bool, fault: str):
    content = bytearray(backup.read_bytes())
    if fault == "cut":
        del content[len(content) * 2 // 3 :]
    elif fault == "bit":
        content[len(content) * 2 // 3] ^= 1
    else:
        content[:] = b"a photograph"
    backup.write_bytes(content)
    folder = tmp_path / "again"
    if there:
        folder.mkdir()
    with pytest.raises(Unreadable) as said:
        again(backup, folder)
    assert "\n" not in str(said.value)
    assert list(folder.iterdir()) == [] if there else not folder.exists()
    with pytest.raises(Unreadable):
        restoring.check(backup, keys=KEYS)


class Full:
    """A file on a disk that is full after so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        self.file, self.room = path.open("xb"), room

    def __enter__(self) -> "Full":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 100, 100_000])
def test_a_full_disk_leaves_no_backup(shop: Project, tmp_path: Path, monkeypatch, room: int):
    as_ever = disk.new
    full = lambda path: Full(path, room) if path.parent == tmp_path else as_ever(path)  # noqa: E731
    monkeypatch.setattr(disk, "new", full)
    with pytest.raises(Unavailable, match="disk is full"):
        save(shop, tmp_path / "b.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


@pytest.mark.parametrize("room", [0, 100])
def test_a_full_disk_leaves_nothing_half_restored(backup: Path, tmp_path: Path, monkeypatch, room: int):
    monkeypatch.setattr(disk, "new", lambda path: Full(path, room))
    with pytest.raises(Unavailable, match="disk is full"):
        again(backup, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "../../../out.txt",
        "/tmp/out.txt",
        "data/../../out.txt",
        "C:/out.txt",
        "data\\out.txt",
        "data//x",
        "data/.",
        "data/x/",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_followed_nowhere(tmp_path: Path, name: str):
    _forged(tmp_path / "forged", [tarfile.TarInfo(name)])
    with pytest.raises(Unreadable):
        again(tmp_path / "forged", tmp_path / "in" / "again")
    assert [path.name for path in tmp_path.rglob("*")] in (["forged"], ["forged", "in"], ["in", "forged"])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_file_is_not_made(tmp_path: Path, kind: bytes):
    link = tarfile.TarInfo("data/link")
    link.type, link.linkname = kind, "../../shop"
    _forged(tmp_path / "forged", [link])
    with pytest.raises(Unreadable):
        again(tmp_path / "forged", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_digest_that_does_not_fit_is_noticed(shop: Project, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("shuke.backup.archive._Digesting.digest", "0" * 64)
    file = save(shop, tmp_path / "b").file
    monkeypatch.undo()
    with pytest.raises(Unreadable, match="damaged"):
        again(file, tmp_path / "again")


def test_what_a_newer_version_made_is_left_to_it(shop: Project, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(
        saving, "ArchiveHeader", lambda **told: ArchiveHeader(**{**told, "format": 2, "version": "9.1"})
    )
    file = save(shop, tmp_path / "b").file
    with pytest.raises(Unreadable, match=r"Shuke 9\.1, which is newer"):
        again(file, tmp_path / "again")


def test_what_was_made_and_restored_stands_in_the_audit_log(backup: Path, tmp_path: Path):
    restored = again(backup, tmp_path / "again")
    told = [(entry.actor, entry.event.verb) for entry in audit.read(restored.operations)]
    assert told == [(BY, "restored"), (BY, "backed_up")]


def test_a_database_elsewhere_is_in_the_backup_and_is_left_alone_by_what_is_restored(
    empty_database: str, tmp_path: Path
):
    settings = Settings(name="x", language="en", database=empty_database)
    project = app.init(tmp_path / "shop", settings)
    for number in range(3):
        decide(project.operations, "same", ["a"], [f"b{number}"], by=BY, now=NOW, note="her sister’s")
    file = save(project, tmp_path / "b").file
    restored = restoring.restore(file, tmp_path / "again", keys=KEYS, by=BY, now=NOW)
    assert restored.had_database and restored.project.settings.database == ""
    assert decisions(restored.project.operations) == decisions(project.operations)
    assert [e.event.verb for e in audit.read(project.operations)].count("restored") == 0
    decide(restored.project.operations, "different", ["a"], ["c"], by=BY, now=NOW)
    assert len(decisions(project.operations)) == 3
    project.operations.close()


def test_it_is_restored_into_an_empty_database_which_numbers_on_from_there(
    shop: Project, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(3):
        decide(shop.operations, "same", ["a"], [f"b{number}"], by=BY, now=NOW)
    file = save(shop, tmp_path / "b").file
    with monkeypatch.context() as failing:
        failing.setattr(disk, "publish", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):  # the database is then as it was
            again_in(empty_database, file, tmp_path / "failed")
    restored = again_in(empty_database, file, tmp_path / "again")
    assert restored.settings.database == empty_database and not (restored.data / "operations.db").exists()
    assert decisions(restored.operations) == decisions(shop.operations)
    assert decide(restored.operations, "different", ["a"], ["c"], by=BY, now=NOW) == 4
    restored.operations.close()
    with pytest.raises(WrongCall, match="not empty"):
        again_in(empty_database, file, tmp_path / "third")
    assert not (tmp_path / "third").exists() and not (tmp_path / "failed").exists()


def test_a_password_in_the_address_of_a_database_is_not_taken(backup: Path, tmp_path: Path):
    with pytest.raises(WrongCall, match="Leave the password out") as said:
        again_in("postgresql://shuke:secret@localhost/shuke", backup, tmp_path / "again")
    assert "secret" not in str(said.value) and not (tmp_path / "again").exists()


def _forged(file: Path, members: list[tarfile.TarInfo]) -> None:
    """A backup as somebody might make it who knows the public key."""
    about = b'{"format": 1, "made_at": "2026-11-21T12:00:00+00:00", "version": "0", "builds": []}'
    first = tarfile.TarInfo("backup.json")
    first.size = len(about)
    with (
        file.open("xb") as target,
        sealing(target, LOCKS) as stream,
        tarfile.open(fileobj=stream, mode="w|") as tar,
    ):
        tar.addfile(first, io.BytesIO(about))
        for member in members:
            tar.addfile(member)
