"""Annotations: how does somebody give customers a tag, a note or an owner?"""

from collections.abc import Collection

from shuke.access import users
from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import annotations
from shuke.engage.annotations import AnnotationKind
from shuke.errors import UnknownCustomer, WrongCall
from shuke.languages import N_
from shuke.views.offers import unknown
from shuke.views.viewer import Viewer


def say(
    project: Project,
    customers: Collection[str],
    kind: AnnotationKind,
    value: str,
    *,
    viewer: Viewer,
    withdrawn: bool = False,
) -> int:
    """Give these customers a tag, a note or an owner, or take it back; returns for how many that is new.

    An owner is a user; a note or an owner of no words takes back what stands. Raises `UnknownCustomer`.
    """
    viewer.require(Capability.ANNOTATE)
    told = annotations.checked(kind, value)
    if kind is AnnotationKind.OWNER and told and told not in _users(project):
        raise WrongCall(N_("There is no user {name}."), name=told)
    asked = set(customers)
    if not asked:
        raise WrongCall(N_("Say which customers you mean."))
    for missing in unknown(project, asked):
        raise UnknownCustomer(N_("There is no customer {id}."), id=missing)
    gone = withdrawn or not told
    with project.operations.writing() as connection:
        number = annotations.write(
            connection, asked, kind, told, withdrawn=gone, who=viewer.actor.who, now=viewer.now
        )
        if number:
            verb = f"customer.{kind}_{'taken_back' if gone else 'given'}"
            one = next(iter(asked)) if len(asked) == 1 else None
            event = AuditEvent(verb=verb, subject_kind="customer", subject_id=one, count=number)
            add(connection, viewer.actor, event, now=viewer.now)
    return number


def _users(project: Project) -> set[str]:
    return {user.name for user in users.list_users(project.operations) if user.disabled_at is None}
