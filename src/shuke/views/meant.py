"""Meant: which customers does a condition mean, as the current build knows them?

Told from the build's tables at once, so that a segment has a size before a build has told its members.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.builds import segment_log
from shuke.errors import Denied, WrongCall
from shuke.graph import catalogue
from shuke.graph.names import canonical
from shuke.languages import N_
from shuke.segments import definitions, membership, reading
from shuke.segments.definitions import Readable
from shuke.segments.expression import Expression
from shuke.segments.matching import ID
from shuke.segments.segment import Segment
from shuke.segments.vocabulary import Vocabulary
from shuke.views.viewer import Viewer

#: What a condition that has no name yet is called among the segments; none has this name.
UNNAMED = ""


@dataclass(frozen=True)
class SegmentMeaning:
    """Segments with those that they name, each after these."""

    readable: tuple[Readable, ...]

    @property
    def is_personal(self) -> bool:
        return any(one.condition.is_personal for one in self.readable if one.condition)

    def needs(self, name: str) -> frozenset[str]:
        """A segment of them, and those that it names, and so on."""
        by_name = {one.segment.name: one for one in self.readable}
        found, todo = {name}, [name]
        while todo:
            condition = by_name[todo.pop()].condition
            fresh = (condition.segments if condition else frozenset()) - found
            found |= fresh
            todo += fresh
        return frozenset(found)

    def only(self, names: Iterable[str]) -> "SegmentMeaning":
        wanted = frozenset().union(*map(self.needs, names))
        return SegmentMeaning(tuple(one for one in self.readable if one.segment.name in wanted))


def vocabulary(project: Project, opened: Opened | None) -> Vocabulary:
    """By which names conditions may ask: of the tables of a build, or of those that the first will have."""
    if opened is None:
        return Vocabulary(catalogue.wanted(project.root, project.settings.analyses))

    def make() -> Vocabulary:
        made = opened.build.manifest.tables
        tables = catalogue.derived(project.root)
        return Vocabulary({name: step for name, step in tables.items() if name in made})

    return opened.once("vocabulary", make)


def every(project: Project, opened: Opened, *further: Segment) -> definitions.Read:
    """All segments that are in force, and some more, as they are read today."""
    segments = {one.name: one for one in (*segment_log.in_force(project.operations), *further)}
    return definitions.read(segments.values(), vocabulary(project, opened))


def meaning(project: Project, opened: Opened, text: str) -> SegmentMeaning:
    """What a condition means; raises `WrongCall` where it means nothing."""
    reading.expression(text, vocabulary(project, opened))  # says so of itself before it looks at others
    return of_segment(project, opened, Segment(name=UNNAMED, version=0, expression=text))


def of_segment(project: Project, opened: Opened, segment: Segment) -> SegmentMeaning:
    """What a segment means, be it written down already or not."""
    found = every(project, opened, segment)
    if segment.name in found.failed:
        raise found.failed[segment.name]
    return SegmentMeaning(found.readable).only([segment.name])


def condition(found: SegmentMeaning) -> Expression | None:
    """That of the last of them; none where it is a list."""
    return found.readable[-1].condition


def marked(opened: Opened, found: SegmentMeaning, viewer: Viewer) -> tuple[ir.Table, Mapping[str, str]]:
    """All customers, and by segment the column that says whether each is in it."""
    if found.is_personal and not viewer.sees_personal:
        raise Denied(N_("This condition asks for personal data, which is masked for you."))
    manifest = opened.build.manifest
    return membership.marked(
        found.readable, lambda name: table_of(opened, name), as_of=manifest.as_of, zone=manifest.zone
    )


def ids(opened: Opened, found: SegmentMeaning, viewer: Viewer) -> ir.Table:
    """The customers whom the last of them means."""
    wide, columns = marked(opened, found, viewer)
    return wide.filter(wide[columns[found.readable[-1].segment.name]]).select(ID)


def only(project: Project, opened: Opened, rows: ir.Table, text: str | None, viewer: Viewer) -> ir.Table:
    """The rows of the customers whom a condition means; all rows where there is no condition."""
    if text is None:
        return rows
    if ID not in rows.columns:
        raise WrongCall(N_("The rows of this table are not of customers, so no segment narrows them."))
    return rows.semi_join(ids(opened, meaning(project, opened, text), viewer), ID)


def table_of(opened: Opened, name: str) -> ir.Table:
    """A table of the build; one of those that land holds nothing where nothing of it has landed."""
    declared = canonical(name)
    if declared and name not in opened.build.manifest.tables:
        return ibis.memtable(declared.schema.to_pyarrow().empty_table())
    return opened.table(name)
