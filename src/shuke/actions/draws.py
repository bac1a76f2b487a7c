"""Draws: how does somebody open, close and reveal one?"""

from collections.abc import Iterable

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import draws
from shuke.engage.draws import Draw
from shuke.views.viewer import Viewer


def open_draw(
    project: Project, name: str, *, prizes: int, announced: str, offer: int | None = None, viewer: Viewer
) -> Draw:
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        return draws.open_draw(
            connection, name, prizes=prizes, announced=announced, offer_id=offer, by=viewer.actor,
            now=viewer.now,
        )  # fmt: skip


def close_draw(project: Project, number: int, entrants: Iterable[str], *, viewer: Viewer) -> Draw:
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        return draws.close_draw(connection, number, entrants, by=viewer.actor, now=viewer.now)


def reveal(project: Project, number: int, outcome: str, *, viewer: Viewer) -> Draw:
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        return draws.reveal(connection, number, outcome, by=viewer.actor, now=viewer.now)
