"""Segments: how does somebody define one, change it, and put it away?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shuke.access import audit
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import segment_log
from shuke.builds.segment_log import SegmentVersion
from shuke.errors import Overtaken, WrongCall
from shuke.languages import N_
from shuke.segments import definitions
from shuke.segments.segment import Segment
from shuke.views import meant
from shuke.views.listed_customers import ListedCustomers, listed_customers
from shuke.views.segments import UnknownSegment
from shuke.views.viewer import Viewer

_NAME = re.compile(r"\w[\w.-]{0,59}")
_LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class ListedSegment:
    """A list that was kept, and what of it was not found."""

    version: SegmentVersion
    customers: ListedCustomers


def save(
    project: Project, name: str, text: str, *, viewer: Viewer, note: str = "", seen: int | None = None
) -> SegmentVersion:
    """Define a segment by a condition, or change its condition; what it says is checked first.

    `seen` is the version that one has looked at, 0 for a new segment: raises `Overtaken` where there is
    another by now.
    """
    _may(viewer, name, note)
    before = _before(project, name, seen)
    opened = project.open() if project.builds.numbers() else None
    others = segment_log.in_force(project.operations)
    new = Segment(name=name, version=_next(before), expression=text)
    condition = definitions.check(new, others, meant.vocabulary(project, opened))
    kept = Segment(name=name, version=new.version, expression=str(condition))
    return _write(project, kept, "segment.saved", viewer=viewer, note=note)


def save_list(
    project: Project,
    name: str,
    entries: Iterable[str],
    *,
    viewer: Viewer,
    note: str = "",
    seen: int | None = None,
) -> ListedSegment:
    """Define a segment by a list of customers: by id, number, phone or e-mail; says who was not found."""
    _may(viewer, name, note)
    before = _before(project, name, seen)
    found = listed_customers(project, entries, viewer=viewer)
    if not found.found:
        raise WrongCall(N_("None of the entries of this list is a customer."))
    new = Segment(name=name, version=_next(before), members=found.found)
    return ListedSegment(
        version=_write(project, new, "segment.saved", viewer=viewer, note=note), customers=found
    )


def archive(project: Project, name: str, *, viewer: Viewer, note: str = "") -> SegmentVersion:
    """Put a segment away: no build tells it any more. Refused while another segment names it."""
    _may(viewer, name, note)
    segment = _standing(project, name)
    opened = project.open() if project.builds.numbers() else None
    others = [one for one in segment_log.in_force(project.operations) if one.name != name]
    read = definitions.read([segment, *others], meant.vocabulary(project, opened))
    for one in read.readable:
        if one.condition and name in one.condition.segments:
            raise WrongCall(
                N_("Segment {other} names {name}. Change or archive it first."),
                other=one.segment.name, name=name,
            )  # fmt: skip
    return _again(project, segment, "segment.archived", viewer=viewer, note=note, archived=True)


def restore(project: Project, name: str, *, viewer: Viewer, note: str = "") -> SegmentVersion:
    """Take up again a segment that was put away."""
    _may(viewer, name, note)
    before = _before(project, name, None)
    if before is None or not before.archived:
        raise WrongCall(N_("Segment {name} is not archived."), name=name)
    segment = segment_log.version(project.operations, name, before.number)
    return _again(project, segment, "segment.restored", viewer=viewer, note=note, archived=False)


def _may(viewer: Viewer, name: str, note: str) -> None:
    viewer.require(Capability.EDIT_SEGMENTS)
    if not _NAME.fullmatch(name) or not audit.keeps(name):
        raise WrongCall(
            N_("A segment's name has at most 60 letters, digits, full stops, hyphens and underscores.")
        )
    if len(note) > _LONGEST_NOTE:
        raise WrongCall(N_("A note has at most {limit} characters."), limit=_LONGEST_NOTE)


def _before(project: Project, name: str, seen: int | None) -> SegmentVersion | None:
    history = segment_log.history(project.operations, name)
    before = history[0] if history else None
    if seen is not None and seen != (before.number if before else 0):
        raise Overtaken
    return before


def _next(before: SegmentVersion | None) -> int:
    return before.number + 1 if before else 1


def _standing(project: Project, name: str) -> Segment:
    for one in segment_log.in_force(project.operations):
        if one.name == name:
            return one
    raise UnknownSegment(N_("There is no segment {name}."), name=name)


def _again(
    project: Project, segment: Segment, verb: str, *, viewer: Viewer, note: str, archived: bool
) -> SegmentVersion:
    """The same segment as its next version."""
    kept = Segment(**{**vars(segment), "version": segment.version + 1})
    return _write(project, kept, verb, viewer=viewer, note=note, archived=archived)


def _write(
    project: Project, segment: Segment, verb: str, *, viewer: Viewer, note: str, archived: bool = False
) -> SegmentVersion:
    return segment_log.write(
        project.operations, segment, by=viewer.actor, now=viewer.now, note=note, archived=archived, verb=verb
    )
