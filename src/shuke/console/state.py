"""State: what does the console keep ready, so that no page has to wait for it?

What is derived from a build is kept under the build's number; what was asked for longest ago goes.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from jinja2 import Environment

from shuke.app import Project
from shuke.console.pages import environment
from shuke.console.searches import Searches
from shuke.recent import Recent
from shuke.web.background_build import BackgroundBuild

T = TypeVar("T")

MAX_CACHED = 2000


@dataclass(frozen=True)
class ConsoleState:
    project: Project
    work: BackgroundBuild = field(default_factory=BackgroundBuild)
    searches: Searches = field(default_factory=Searches)
    recent: Recent = field(default_factory=lambda: Recent(MAX_CACHED))

    @cached_property
    def key(self) -> bytes:
        return self.project.key

    @cached_property
    def pages(self) -> Environment:
        return environment()

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under this key, or made now."""
        return self.recent.cached(key, make)
