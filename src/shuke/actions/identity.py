"""Identity: how does somebody decide which records are one customer, and which are not?"""

from collections.abc import Sequence

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.builds.stewardship import Verb
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views.identity import named
from shuke.views.viewer import Viewer


def merge(project: Project, a: str, b: str, *, viewer: Viewer, note: str = "") -> int:
    """Decide that two are one customer; returns the number of the decision."""
    opened = _deciding(project, viewer)
    left, right = named(opened, a, viewer=viewer).first, named(opened, b, viewer=viewer).first
    return _decide(project, "same", [left.record], [right.record], viewer=viewer, note=note)


def never(project: Project, a: str, b: str, *, viewer: Viewer, note: str = "") -> int:
    """Decide that two are never one customer; of a customer, that none of their records is."""
    opened = _deciding(project, viewer)
    left, right = named(opened, a, viewer=viewer), named(opened, b, viewer=viewer)
    return _decide(project, "different", left.names, right.names, viewer=viewer, note=note)


def split(project: Project, customer: str, records: Sequence[str], *, viewer: Viewer, note: str = "") -> int:
    """Decide that some records of a customer are another one."""
    opened = _deciding(project, viewer)
    whole = named(opened, customer, viewer=viewer)
    apart = {name for text in records for name in named(opened, text, viewer=viewer).names}
    strange = sorted(apart - set(whole.names))
    if strange:
        raise WrongCall(
            N_("{record} is not a record of customer {customer}."), record=strange[0], customer=customer
        )
    rest = [name for name in whole.names if name not in apart]
    if not rest:
        raise WrongCall(N_("At least one record must stay with the customer."))
    return _decide(project, "split", rest, sorted(apart), viewer=viewer, note=note)


def undo(project: Project, number: int, *, viewer: Viewer) -> None:
    "Undo a decision."
    viewer.require(Capability.DECIDE_IDENTITY)
    stewardship.undo(project.operations, number, by=viewer.actor, now=viewer.now)


def _deciding(project: Project, viewer: Viewer) -> Opened:
    viewer.require(Capability.DECIDE_IDENTITY)
    return project.open()


def _decide(
    project: Project, verb: Verb, left: Sequence[str], right: Sequence[str], *, viewer: Viewer, note: str
) -> int:
    return stewardship.decide(
        project.operations, verb, left, right, by=viewer.actor, now=viewer.now, note=note
    )
