"""Annotations: which owner, tags and note have our people given a customer, and who did so when?"""

from dataclasses import dataclass, replace

from shuke.access.masking import HIDDEN
from shuke.app import Project
from shuke.engage import annotations
from shuke.engage.annotations import Annotation, AnnotationKind
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Annotations:
    """What stands of one customer, the words of the note as far as the viewer may see them."""

    owner: Annotation | None
    note: Annotation | None
    tags: tuple[Annotation, ...]


def of(project: Project, customer: str, *, viewer: Viewer) -> Annotations:
    """What stands now, whether a build has taken it in or not."""
    rows = project.open().reader.rows("customer_ids", "customer_id", [customer], ["issued_id"])
    ids = {customer, *rows["issued_id"].to_pylist()}
    with project.operations.reading() as connection:
        found = annotations.in_force(connection, ids)
    by_kind = {kind: [each for each in found if each.kind is kind] for kind in AnnotationKind}
    note = next(iter(by_kind[AnnotationKind.NOTE]), None)
    if note and not viewer.sees_personal:
        note = replace(note, value=HIDDEN)
    return Annotations(
        owner=next(iter(by_kind[AnnotationKind.OWNER]), None),
        note=note,
        tags=tuple(by_kind[AnnotationKind.TAG]),
    )


def tags(project: Project) -> tuple[str, ...]:
    """Every tag that somebody was given, for who gives another."""
    with project.operations.reading() as connection:
        return tuple(annotations.tags(connection))
