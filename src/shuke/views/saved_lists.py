"""Saved lists: which lists of customers may somebody open, and which columns did they choose?"""

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import saved_lists
from shuke.engage.saved_lists import SavedList
from shuke.views.viewer import Viewer


def listed(project: Project, *, viewer: Viewer) -> tuple[SavedList, ...]:
    """Every list that somebody saved, by name."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        return tuple(saved_lists.listed(connection))


def one(project: Project, number: int, *, viewer: Viewer) -> SavedList:
    """Raises `UnknownList`."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        return saved_lists.one(connection, number)


def columns_of(project: Project, *, viewer: Viewer) -> tuple[str, ...] | None:
    """Which columns of customers a reader chose; None for who has not chosen."""
    user = viewer.principal.user_id
    if user is None:
        return None
    with project.operations.reading() as connection:
        return saved_lists.columns_of(connection, user)
