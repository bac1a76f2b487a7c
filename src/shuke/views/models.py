"""Models: which versions of the model of identity are there, and which one is in use?"""

from dataclasses import dataclass

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.identity.models import SHIPPED
from shuke.views.viewer import Viewer


@dataclass(frozen=True)
class Version:
    """One version of the model."""

    number: int
    shipped: bool
    in_use: bool  # the next build will weigh by it
    of_build: bool  # the current build was weighed by it


def versions(project: Project, *, viewer: Viewer) -> tuple[Version, ...]:
    """Every version, the shipped one first."""
    viewer.require(Capability.SEE)
    built = project.open().build.manifest.models.get("identity") if project.builds.numbers() else None
    current = project.models.current
    numbers = (SHIPPED, *project.models.numbers())
    return tuple(Version(n, n == SHIPPED, n == current, n == built) for n in numbers)
