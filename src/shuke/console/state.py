"""State: what does the console keep ready, so that no page has to wait for it?

What is derived from a build is kept under the build's number; what was asked for longest ago goes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from jinja2 import Environment

from shuke.app import Project
from shuke.console.pages import environment
from shuke.console.searches import Searches
from shuke.web.background_build import BackgroundBuild

T = TypeVar("T")

MAX_CACHED = 2000


@dataclass(frozen=True)
class ConsoleState:
    project: Project
    work: BackgroundBuild = field(default_factory=BackgroundBuild)
    searches: Searches = field(default_factory=Searches)
    _kept: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def key(self) -> bytes:
        return self.project.key

    @cached_property
    def pages(self) -> Environment:
        return environment()

    def cached(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What was made under this key, or made now; two readers at once may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key])
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MAX_CACHED:
                self._kept.popitem(last=False)
        return made
