"""Checks: which parts of a project are looked at, and what is said of each that is not as it was left?"""

import os
import stat
import time
import tomllib
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from shuke.access.secret import mark
from shuke.app import Project, open_project
from shuke.backup import restoring
from shuke.errors import Damaged, ShukeError, UnknownProject, WrongSettings, in_project
from shuke.integrity import repairs
from shuke.integrity.databases import database
from shuke.integrity.findings import Check, IntegrityFinding
from shuke.languages import _
from shuke.settings import FILE
from shuke.store import disk, wholeness
from shuke.store.at_rest import AtRest, at_rest
from shuke.store.builds import Build
from shuke.store.landing import read_receipt

#: Work in progress, and the lock that whoever is at it holds.
AT_WORK = {
    "landing": "landing",
    "build": "builds",
    "dropped": "current",
    "model": "models",
    "backup": "backup",
}

#: Whatever else works aside needs an hour, not a day.
DAY = 24 * 60 * 60


def examine(start: Path) -> list[IntegrityFinding]:
    """Everything that the checks find in the project that `start` stands in."""
    try:
        project = open_project(start)
    except UnknownProject:
        if not restoring.left(start):
            raise
        return [_unrestored(start)]
    except WrongSettings as error:
        mend = _("Mend that line; `shuke init` in a new folder writes one to compare with.")
        return [_finding("settings", FILE, str(error), lost=_("Nothing."), advice=mend)]
    return list(chain.from_iterable(_found(check, project) for check in CHECKS))


def _unrestored(folder: Path) -> IntegrityFinding:
    return _finding(
        "restoring", folder.name, _("A restore into this folder was interrupted; it is no project yet."),
        lost=_("Nothing; the backup is as it was."),
        advice=_("Run `shuke restore` again, which begins anew. `--repair` removes what is there."),
        repair=partial(restoring.sweep, folder),
    )  # fmt: skip


def _found(check: Check, project: Project) -> Iterator[IntegrityFinding]:
    try:
        yield from check(project)
    except ShukeError as error:  # it stands in the way of the look itself
        advice = _("See to that first, then look again.")
        yield _finding(check.__name__, "data", str(error), lost=_("Nobody can tell before."), advice=advice)


def key(project: Project) -> Iterator[IntegrityFinding]:
    try:
        mine = mark(project.key)
    except Damaged as error:
        yield _keyless(str(error))
        return
    for build in _whole(project):
        if build.manifest.key not in ("", mine):
            told = _("It is not the key that build {number} was made with.").format(number=build.number)
            yield _keyless(told)
            return


def _keyless(what: str) -> IntegrityFinding:
    lost = _(
        "Everybody must log in again, and identity numbers and contacts that landed before are not "
        "recognised in what lands from now on; ids of customers stay."
    )
    advice = _(
        "Put data/key back from a copy. Where there is none: move the file and data/builds away, write 32 "
        "random bytes in its place (head -c 32 /dev/urandom > data/key), and build anew."
    )
    return _finding("key", "data/key", what, lost=lost, advice=advice)


def mappings(project: Project) -> Iterator[IntegrityFinding]:
    for path in sorted(project.mappings.glob("*.toml")):
        try:
            tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            lost = _("How the columns of this source are read, as far as it cannot be read any more.")
            advice = _(
                "Mend it or put it back from a copy; without it, the next import guesses and asks anew."
            )
            yield _finding("mappings", f"mappings/{path.name}", str(error), lost=lost, advice=advice)


def landing(project: Project) -> Iterator[IntegrityFinding]:
    zone = project.landing
    for fault in wholeness.faults(zone, known=project.builds.batches(), thorough=True):
        place = "/".join(["data/landing", fault.batch, *([fault.file] if fault.file else [])])
        if fault.file == "receipt.json":
            lost = _("The names of its files and how their columns were read; no row.")
            remake = partial(repairs.remake_receipt, project, fault.batch)
            advice = _("`--repair` makes it again from what landed.")
        else:
            lost, remake = _("Its rows, until they are put back or imported again."), None
            advice = _("Put it back from a copy, or take the batch back and import its files again.")
        yield _finding("landing", place, str(fault.error), lost=lost, advice=advice, repair=remake)
    plain = [folder for folder in zone.batches() if _lacks_digests(folder)]
    if plain:
        told = _("{number} batches landed before receipts held a digest of each file.")
        yield _finding(
            "landing", "data/landing", told.format(number=len(plain)), grave=False, lost=_("Nothing."),
            advice=_("`--repair` writes them, where the rows are as many as the receipt says."),
            repair=partial(repairs.add_digests, project, plain),
        )  # fmt: skip


def _lacks_digests(folder: Path) -> bool:
    try:
        receipt = read_receipt(folder / "receipt.json")
    except Damaged:
        return False
    return not receipt.landed and any(folder.glob("*.parquet"))


def builds(project: Project) -> Iterator[IntegrityFinding]:
    """Every build that is kept, whole or not."""
    for folder in sorted(project.builds.folder.glob("[0-9]*")):
        wrong = next(_faults(project, folder), None)
        if wrong is not None:
            yield _finding(
                "builds", in_project(folder), str(wrong), lost=_("Nothing that cannot be built again."),
                advice=_("`--repair` moves it to data/damaged and makes the newest intact build current."),
                repair=partial(repairs.set_build_aside, project, folder),
            )  # fmt: skip


def _faults(project: Project, folder: Path) -> Iterator[Damaged]:
    try:
        with disk.intact(folder / "manifest.json"):
            build = project.builds.open(int(folder.name))
    except ShukeError:
        yield Damaged.at(folder / "manifest.json")
        return
    yield from build.faults(thorough=True)


def pointer(project: Project) -> Iterator[IntegrityFinding]:
    if not (project.builds.pointed or project.builds.numbers()):
        return
    try:
        project.builds.current()
    except Damaged as error:
        yield _finding(
            "pointer", "data/builds/current", str(error), lost=_("Nothing."),
            advice=_("`--repair` makes the newest intact build current."),
            repair=partial(repairs.point, project),
        )  # fmt: skip


def models(project: Project) -> Iterator[IntegrityFinding]:
    try:
        project.model()
    except ShukeError as error:
        lost = _("What was learnt of the company's records, until it is learnt again.")
        advice = _("Put it back from a copy, or use another version: shuke identity use 0")
        yield _finding("models", "data/models/identity", str(error), lost=lost, advice=advice)


def modes(project: Project) -> Iterator[IntegrityFinding]:
    """What others on this machine could read."""
    if os.name == "nt":
        return
    within = (place for d in (project.data, project.mappings) for place in (d, *d.rglob("*")))
    # Nobody sees into the folder of work in progress, whatever an engine writes there.
    kept = [project.root / FILE, *(place for place in within if project.work not in place.parents)]
    # What works beside this may be done with a file by now.
    states = {path: path.lstat().st_mode for path in kept if path.exists() and not path.is_symlink()}
    if wide := [path for path, mode in states.items() if stat.S_IMODE(mode) & 0o077]:
        told = _("Others may read or change {number} files and folders, the first {place}.")
        first = wide[0].relative_to(project.root).as_posix()
        yield _finding(
            "modes", first, told.format(number=len(wide), place=first), lost=_("Nothing."),
            advice=_("`--repair` makes files 0600 and folders 0700."),
            repair=partial(repairs.close, wide),
        )  # fmt: skip


def encryption(project: Project) -> Iterator[IntegrityFinding]:
    """Whether whoever takes the disk along could read what lies here."""
    required, said = project.settings.require_encryption, at_rest(project.data)
    if said is AtRest.ENCRYPTED or (said is AtRest.UNKNOWN and not required):
        return
    plain = _("According to the system, the disk under {folder} is not encrypted.").format(folder="data")
    unknown = _("The system does not say whether the disk below {folder} is encrypted.").format(folder="data")
    advice = _("Encrypt it (docs/security.md); `require_encryption` in shuke.toml says whether it must be.")
    yield _finding(
        "encryption", "data", plain if said is AtRest.PLAIN else unknown, lost=_("Nothing."), advice=advice,
        grave=required,
    )  # fmt: skip


def leftovers(project: Project) -> Iterator[IntegrityFinding]:
    """What a process that was killed has left; the next piece of work would sweep most of it."""
    for name, lock in AT_WORK.items():
        folder = project.work / name
        if folder.exists() and repairs.is_free(project.work / f"{lock}.lock"):
            sweep = partial(repairs.sweep, folder, project.work / f"{lock}.lock")
            yield _left(folder, sweep)
    if restoring.left(project.root):
        yield _left(project.root / restoring.UNFINISHED, partial(restoring.sweep, project.root))
    old = time.time() - DAY
    passing = chain.from_iterable(project.work.glob(form) for form in ("diff-*", "preview-*", "tmp*"))
    hidden = (
        path for path in project.data.rglob(".*") if path.is_file() and path.suffix.strip(".").isdigit()
    )
    for path in (*passing, *hidden):
        if path.exists() and path.stat().st_mtime < old:
            yield _left(path, partial(repairs.sweep, path, None))
    if kept := sorted((project.data / "damaged").glob("*")):
        told = _("{number} damaged things that a repair has moved away are kept here.").format(
            number=len(kept)
        )
        advice = _("Look at them; delete them when nobody wants them any more.")
        yield _finding("leftovers", "data/damaged", told, lost=_("Nothing."), advice=advice, grave=False)


def _left(path: Path, sweep: partial[None]) -> IntegrityFinding:
    return _finding(
        "leftovers", in_project(path), _("Work that was interrupted has left it; nothing of it is in force."),
        lost=_("Nothing that was ever said to be done."), advice=_("`--repair` removes it."), grave=False,
        repair=sweep,
    )  # fmt: skip


def _whole(project: Project) -> Iterator[Build]:
    """The builds whose manifest can be read."""
    for number in project.builds.numbers():
        try:
            yield project.builds.open(number)
        except ShukeError:
            continue


def _finding(check: str, place: str, what: str, **more: object) -> IntegrityFinding:
    return IntegrityFinding(check=check, place=place, what=what, **more)  # type: ignore[arg-type]


#: In this order, which is the order of repair: what a later one needs, an earlier one has made again.
CHECKS: tuple[Check, ...] = (
    key, database, mappings, landing, builds, pointer, models, modes, encryption, leftovers,
)  # fmt: skip
