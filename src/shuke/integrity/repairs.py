"""Repairs: what of a project can be made again, and how?

Nothing is deleted but what work that was interrupted has left. What is damaged is moved to data/damaged.
"""

import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from shuke.app import Project
from shuke.errors import Damaged, ShukeError
from shuke.integrity.places import set_aside
from shuke.languages import N_, _
from shuke.store import disk, file_records, wholeness
from shuke.store.landing import WITHDRAWS, Receipt, read_receipt

#: What every landed row says of itself.
_TOLD = ["row", "revises", "withdrawn", "received_at"]


def point(project: Project) -> None:
    """Put the newest build that is whole in force; none, where none is."""
    pointer = project.builds.folder / "current"
    if pointer.exists():
        set_aside(project, pointer)
    for number in reversed(project.builds.numbers()):
        try:
            whole = not any(project.builds.open(number).faults(thorough=True))
        except ShukeError:
            continue
        if whole:
            project.builds.point(number)
            return


def set_build_aside(project: Project, folder: Path) -> None:
    """Take a damaged build out of the way; if it was in force, the newest whole one is put there."""
    with disk.only_one(project.work / "builds.lock", doing=N_("building")):
        for place in _damaged_tables(project, folder):
            set_aside(project, place)
        set_aside(project, folder)
        try:
            project.builds.current()
        except ShukeError:
            point(project)


def _damaged_tables(project: Project, folder: Path) -> list[Path]:
    """The folders of its tables that no later build must find standing."""
    with suppress(ShukeError):
        build = project.builds.open(int(folder.name))
        places = {build.path(table) for table, _ in build.damaged(thorough=True)}
        return sorted(place for place in places if place.exists() and not place.is_relative_to(folder))
    return []


def add_digests(project: Project, folders: Iterable[Path]) -> None:
    """Write into old receipts what their files are, where these hold what the receipt says."""
    with _landing(project):
        contradicted = {fault.batch for fault in wholeness.faults(project.landing)}
        for folder in folders:
            receipt = read_receipt(folder / "receipt.json")
            if folder.name not in contradicted:
                _write(folder, receipt)


def remake_receipt(project: Project, batch: str) -> None:
    """A receipt from what landed: what is known of rows and tables, nothing of files and columns."""
    folder = project.landing.folder / batch
    with _landing(project):
        made = _receipt(folder)
        if (folder / "receipt.json").exists():
            set_aside(project, folder / "receipt.json")
        _write(folder, made)


def _receipt(folder: Path) -> Receipt:
    tables: dict[str, list[pa.Table]] = {}
    for path in sorted(folder.glob("*.*.parquet")):
        tables.setdefault(path.name.partition(".")[0], []).append(_read(path, _TOLD))
    every = pa.concat_tables([part for parts in tables.values() for part in parts]) if tables else None
    source, withdrawn = _parts(folder.name)
    loaded = len(pc.unique(every["row"])) if every else 0
    rejected, cells = _set_aside_in(folder)
    taken = f"{withdrawn}-{source}" if withdrawn else None
    return Receipt(
        batch=folder.name, source=source, files=(), received_at=_received(every, folder),
        read=loaded + rejected, loaded=loaded, unchanged=0, rejected=rejected,
        tables={name: sum(map(len, parts)) for name, parts in tables.items()},
        revisions={name: n for name, parts in tables.items() if (n := _true(parts, "revises"))},
        withdrawn=_true([every], "withdrawn") if every else 0, bad_cells=cells,
        withdraws=_named(folder.parent, withdrawn) or taken,
        notes=(_("This receipt was made again from what landed; the first one was damaged."),),
    )  # fmt: skip


def _parts(name: str) -> tuple[str, str]:
    """000007-till~000002: its source, and the number that it takes back."""
    found = re.fullmatch(rf"\d+-(.*?)(?:{WITHDRAWS}(\d+))?", name)
    assert found
    return found[1], found[2] or ""


def _named(landing: Path, number: str) -> str | None:
    return next((path.name for path in landing.glob(f"{number}-*")), None) if number else None


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        found = pq.read_table(path, columns=[c for c in columns if c in pq.read_schema(path).names])
    except (OSError, pa.ArrowException) as error:
        raise Damaged.at(path) from error
    for name in columns:
        if name not in found.column_names:
            found = found.append_column(name, pa.nulls(len(found)))
    return found.select(columns)


def _true(parts: list[pa.Table], column: str) -> int:
    return sum(bool(value) for part in parts for value in part[column].to_pylist())


def _received(rows: pa.Table | None, folder: Path) -> datetime:
    moments = [at for at in (rows["received_at"].to_pylist() if rows else ()) if at]
    if moments:
        first: datetime = min(moments)
        return first.replace(tzinfo=UTC)
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _set_aside_in(folder: Path) -> tuple[int, int]:
    """How many rows, and how many single cells, are in quarantine."""
    path = folder / "quarantine.parquet"
    if not path.exists():
        return 0, 0
    rows: list[dict[str, Any]] = _read(path, ["file", "sheet", "row", "whole"]).to_pylist()
    whole = {(r["file"], r["sheet"], r["row"]) for r in rows if r["whole"]}
    return len(whole), sum(not r["whole"] for r in rows)


def _write(folder: Path, receipt: Receipt) -> None:
    landed = {path.name: file_records.of(path) for path in sorted(folder.glob("*.parquet"))}
    disk.write_json(folder / "receipt.json", asdict(replace(receipt, landed=landed)))


def close(paths: Iterable[Path]) -> None:
    """Make files and folders the owner's alone."""
    for path in paths:
        if path.exists():
            path.chmod(disk.FOLDER if path.is_dir() else disk.FILE)


def sweep(path: Path, lock: Path | None) -> None:
    """Remove what interrupted work has left, unless somebody is at that work."""
    if lock is None:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return
    with disk.only_one(lock, doing=N_("working on"), wait=5.0):
        shutil.rmtree(path, ignore_errors=True)


def is_free(lock: Path) -> bool:
    """Whether nobody is at the work that this lock is for."""
    try:
        with FileLock(lock, timeout=0, mode=disk.FILE):
            return True
    except Timeout:
        return False


def _landing(project: Project) -> Any:
    return disk.only_one(project.work / "landing.lock", doing=N_("importing into"))
