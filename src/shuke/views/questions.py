"""Questions: what do the analyses answer, in the order in which a manager asks?"""

from collections.abc import Callable
from dataclasses import dataclass

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds.backtesting import BacktestResult
from shuke.languages import Text
from shuke.tables import Derived
from shuke.tables.themes import THEMES
from shuke.views import grades, insights
from shuke.views.insights import TableAsSeen
from shuke.views.tables import tables
from shuke.views.viewer import Viewer

AREA = "analyses"

Tell = Callable[[TableAsSeen], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one analysis asks, and its answer in this build."""

    name: str
    title: Text
    about: Text | None
    answer: str | None = None  # where there are no rows, why not
    grade: str | None = None  # how right it was when asked on an earlier day, where that was tried
    foretells: bool = False
    charts: int = 0
    rows: int = 0
    failed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A manager's question, and the analyses that answer a part of it."""

    name: str
    title: Text
    questions: tuple[Question, ...]


def themes(project: Project, *, viewer: Viewer, tell: Tell = insights.sentences) -> tuple[Theme, ...]:
    """Every analysis of the current build that says something or draws it, by theme; `tell` may remember."""
    viewer.require(Capability.SEE)
    opened = project.open()
    graded = grades.latest(project, viewer=viewer)
    held = opened.build.manifest.tables
    asked = [
        (table.theme, _question(TableAsSeen(opened, table, viewer.sees_personal), tell, graded.get(name)))
        for name, table in tables(project, opened).items()
        if isinstance(table, Derived) and table.area == AREA and name in held and _speaks(table)
    ]
    return tuple(
        Theme(name=name, title=title, questions=found)
        for name, title in THEMES.items()
        if (found := tuple(question for theme, question in asked if theme == name))
    )


def _speaks(table: Derived) -> bool:
    return bool(table.sentences or table.charts)


def _question(seen: TableAsSeen, tell: Tell, graded: BacktestResult | None) -> Question:
    table, made = seen.declared, seen.opened.build.manifest.tables[seen.declared.name]
    sentences = () if made.failed else tell(seen)
    return Question(
        name=table.name,
        title=table.title,
        about=table.about,
        answer=sentences[0] if sentences else None,
        grade=str(graded.grade.sentence) if graded and graded.grade else None,
        foretells=table.grader is not None,
        charts=len(table.charts) if made.rows and not made.failed else 0,
        rows=made.rows,
        failed=made.failed,
    )
