"""Findings: what was found that is not as it should be?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shuke.app import Project


@dataclass(frozen=True, kw_only=True)
class IntegrityFinding:
    """One thing that is not as it should be, in the reader's words."""

    check: str  # which check found it
    place: str  # a file or folder, as one finds it from the project's folder
    what: str  # what is wrong with it
    lost: str  # what is lost by that
    advice: str  # what to do
    grave: bool = True  # a project with nothing but light ones is sound
    repair: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    @property
    def repairable(self) -> bool:
        return self.repair is not None


Check = Callable[[Project], Iterator[IntegrityFinding]]
"""Looks at a project and changes nothing; a new one is a function of this form in `checks.CHECKS`."""
