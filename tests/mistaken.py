"""Mistaken: what may somebody write into a file in TOML where something else belongs?"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import tomlkit

#: What may stand where something else belongs.
INSTEAD: tuple[Any, ...] = (
    [], {}, 3, -1, "x", "", True, 1.5, [1], ["a"], {"a": 1}, [{}], [[1]], {"to": 1}, {"to": [[1]]},
    "(", {"": []},
)  # fmt: skip


def mistaken(whole: dict[str, Any]) -> Iterator[str]:
    """The file with each of these in each of its places."""
    for place in _places(whole):
        for value in INSTEAD:
            yield tomlkit.dumps(_changed(whole, place, value))


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*above, name)
        yield from _places(each, (*above, name))


def _changed(whole: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copy = deepcopy(whole)
    at: Any = copy
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = deepcopy(value)
    return copy
