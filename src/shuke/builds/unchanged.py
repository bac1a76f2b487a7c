"""Unchanged: what is a build to be made from, and is it the very same as that of the current build?

Then the tables are the same, whatever they are and however each is made. So this module knows nothing of
tables and loads no library that computes: with nothing new, `shuke build` is done before Ibis would be there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from shuke.access.secret import mark
from shuke.alerts import rule_settings
from shuke.app import Project
from shuke.builds import segment_log
from shuke.builds.stewardship import Decision, decisions
from shuke.graph import code
from shuke.segments.segment import Segment
from shuke.store import annotation_rows, campaign_rows, offer_rows, plan_rows
from shuke.store.builds import Build
from shuke.store.landing import Receipt


def again(project: Project, *, now: datetime, as_of: date | None, engine: str | None) -> Build | None:
    """A build that names the tables of the one in force; None where there may be anything new."""
    with project.builds.making() as making:
        before = project.found_whole()
        if before is None or not _is_settled(project, before):
            return None
        operations = project.operations
        with operations.reading() as connection:
            own = (campaign_rows, offer_rows, plan_rows, annotation_rows)
            if any(rows.waits_to_land(connection) for rows in own):
                return None
        told = decisions(operations), segment_log.in_force(operations), project.landing.standing()
        if before.manifest.made_from != made_from(project, *told, now=now, as_of=as_of, engine=engine):
            return None
        finished = making.finish(replace(before.manifest, number=making.number, built_at=now))
        project.builds.point(finished.number)
        project.builds.note_flipped(finished.number)  # its findings are those whose alerts stand
        making.prune(read=before)
        return finished


def made_from(
    project: Project,
    decided: Sequence[Decision],
    segments: Sequence[Segment],
    receipts: Sequence[Receipt],
    *,
    now: datetime,
    as_of: date | None,
    engine: str | None,
) -> str:
    """A digest of all that a build is a function of, but for the build before it."""
    today = now.astimezone(ZoneInfo(project.settings.zone)).date()
    asked = (today, as_of, engine or project.settings.engine)
    files = [*_all(project.root / code.OWN), *_all(project.models.folder)]
    read = [(path.relative_to(project.root).as_posix(), sha256(path.read_bytes()).digest()) for path in files]
    settings = rule_settings.applied(project.settings, project.operations)
    ours = (code.whole(), code.libraries(), settings.digest, mark(project.key))
    return sha256(repr((ours, asked, read, decided, segments, receipts)).encode()).hexdigest()


def _is_settled(project: Project, before: Build) -> bool:
    """Whether nothing of it was left undone, and what it saw in the build before is what one sees in it."""
    tables = before.manifest.tables
    found = before.manifest.looked_at.items()
    return (
        project.builds.flipped == before.number
        and all(made.fingerprint for made in tables.values())
        and all((tables[name].fingerprint if name in tables else "") == then for name, then in found)
    )


def _all(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
