"""Models: which versions of the model of identity are there, and which one is in use?"""

from dataclasses import dataclass

from shuke.access.audit import Deed
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import modelling
from shuke.builds.modelling import Change, Learnt
from shuke.identity.models import SHIPPED
from shuke.views.viewer import Viewer


@dataclass(frozen=True)
class Version:
    """One version of the model."""

    number: int
    shipped: bool
    in_use: bool  # the next build will weigh by it
    of_build: bool  # the build in force was weighed by it


def versions(project: Project, *, viewer: Viewer) -> tuple[Version, ...]:
    """Every version, the shipped one first."""
    viewer.require(Capability.SEE)
    built = project.open().build.manifest.models.get("identity") if project.builds.numbers() else None
    current = project.models.current
    numbers = (SHIPPED, *project.models.numbers())
    return tuple(Version(n, n == SHIPPED, n == current, n == built) for n in numbers)


def train(project: Project, *, viewer: Viewer) -> Learnt:
    """Learn a version from the build in force; it is kept, and not in use until somebody says so."""
    viewer.require(Capability.BUILD)
    learnt = modelling.train(project)
    viewer.did(project.operations, Deed(verb="trained_model", detail={"new": learnt.version}))
    return learnt


def use(project: Project, number: int, *, viewer: Viewer) -> Change:
    """Have the next build weigh by a version; says first what that would change of the build in force."""
    viewer.require(Capability.BUILD)
    change = modelling.change(project, number)
    before = project.models.current
    project.models.use(number)
    viewer.did(project.operations, Deed(verb="used_model", detail={"old": before, "new": number}))
    return change
