"""Today: what changed since one last looked, what needs doing, and how do sales stand?"""

from dataclasses import dataclass
from datetime import date, timedelta

from shuke.access import looks
from shuke.access.looks import Look
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.views import changes, daily, import_accounts, pressing, sales
from shuke.views.changes import Change, Since
from shuke.views.import_accounts import IncompleteLines
from shuke.views.pressing import Pressing
from shuke.views.sales import Sales
from shuke.views.viewer import Viewer

#: Who has never looked is told of the last so many days.
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Today:
    """What a manager with ten minutes is told first."""

    as_of: date
    build: int
    currency: str
    since: Since
    changes: tuple[Change, ...]
    pressing: tuple[Pressing, ...]  # what needs doing, where most is at stake first
    sales: Sales | None
    in_words: tuple[str, ...]  # how sales stand
    failed: tuple[str, ...]  # tables that this build could not make
    incomplete_lines: tuple[IncompleteLines, ...]  # sources most of whose lines do not say enough


def today(project: Project, *, viewer: Viewer, since: date | None = None, looks_now: bool = False) -> Today:
    """What is new since a day, or since the build that the viewer saw before this one.

    `looks_now`: from now on they know this build, and the next one is told of from here on.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    manifest = opened.build.manifest
    known = Since(day=since, at=None) if since else _since(project, opened, viewer, looks_now=looks_now)
    figures = daily.of(opened)
    sold = sales.of(opened, figures)
    return Today(
        as_of=manifest.as_of,
        build=manifest.number,
        currency=manifest.currency,
        since=known,
        changes=changes.of(project, figures, known, viewer=viewer),
        pressing=pressing.of(project, viewer=viewer),
        sales=sold,
        in_words=sales.sentences(sold, manifest.currency) if sold else (),
        failed=tuple(name for name, made in manifest.tables.items() if made.failed),
        incomplete_lines=opened.once("incomplete lines", lambda: import_accounts.incomplete_lines(opened)),
    )


def _since(project: Project, opened: Opened, viewer: Viewer, *, looks_now: bool) -> Since:
    manifest, user = opened.build.manifest, viewer.principal.user_id
    known = None
    if user is not None and looks_now:
        seen = Look(manifest.number, manifest.as_of, viewer.now)
        known = looks.look(project.operations, user, seen)
    elif user is not None:
        known = looks.before(project.operations, user, manifest.number)
    lately = manifest.as_of - LATELY
    return Since(day=min(known.as_of, manifest.as_of), at=known.at) if known else Since(day=lately, at=None)
