"""Saved lists: how does somebody save a list of customers for everybody, and choose which columns to see?"""

from collections.abc import Sequence

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import saved_lists
from shuke.engage.saved_lists import Pair
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views.viewer import Viewer

MOST_COLUMNS = 30


def save(project: Project, name: str, query: Sequence[Pair], *, viewer: Viewer) -> int:
    """Give a list of customers a name, for everybody who may see them; returns its number."""
    viewer.require(Capability.EDIT_SEGMENTS)
    with project.operations.writing() as connection:
        number = saved_lists.save(connection, name, query, who=viewer.actor.who, now=viewer.now)
        event = AuditEvent(verb="list.saved", subject_kind="list", subject_id=str(number))
        add(connection, viewer.actor, event, now=viewer.now)
    return number


def put_away(project: Project, number: int, *, viewer: Viewer) -> None:
    viewer.require(Capability.EDIT_SEGMENTS)
    with project.operations.writing() as connection:
        saved_lists.put_away(connection, number)
        event = AuditEvent(verb="list.put_away", subject_kind="list", subject_id=str(number))
        add(connection, viewer.actor, event, now=viewer.now)


def keep_columns(project: Project, columns: Sequence[str], *, viewer: Viewer) -> None:
    """See these columns of customers from now on; a matter of one's own, so that nothing is logged."""
    viewer.require(Capability.SEE)
    user = viewer.principal.user_id
    if user is None or len(columns) > MOST_COLUMNS:
        raise WrongCall(N_("Choose at most {most} columns."), most=MOST_COLUMNS)
    with project.operations.writing() as connection:
        saved_lists.keep_columns(connection, user, columns, now=viewer.now)
