"""What does Ibis work out again and again while it plans, and could know?

Most of the CPU of the tests goes into plans for a few rows. What stands here changes no plan: a graph is
sorted without being turned around, arguments are bound without `inspect`, what a rewrite could not match is
not offered to it, how complex a node is is worked out once a plan, and what has nothing to be replaced in it
is not walked through.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter
from typing import Any

import ibis.expr.operations as ops
import pytest
from ibis.backends.sql import rewrites
from ibis.backends.sql.compilers import base
from ibis.common import graph
from ibis.common.annotations import Signature
from ibis.common.graph import Graph, Node
from ibis.common.patterns import AnyOf, InstanceOf, NoMatch, Object, Replace


class _Binding:
    """What a signature asks for, in its order, without asking Python's `inspect` at every node."""

    def __init__(self) -> None:
        self.validate = Signature.validate
        self.asked: dict[int, tuple[Any, list[Any]]] = {}

    def __call__(self, signature: Any, function: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The arguments as Ibis validates them; where any is amiss, Ibis says so."""
        if id(signature) not in self.asked:
            self.asked[id(signature)] = signature, _plain(signature)
        found = _bound(self.asked[id(signature)][1], given, named)
        return self.validate(signature, function, given, named) if found is None else found


def _plain(signature: Any) -> list[Any]:
    """Name, default and pattern of each parameter; none where one takes any number of arguments."""
    parameters = signature.parameters.values()
    if any(one.kind is not one.POSITIONAL_OR_KEYWORD for one in parameters):
        return []
    return [(one.name, one.default, one.annotation.pattern) for one in parameters]


def _bound(asked: list[Any], given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
    told = dict(zip((name for name, *_ in asked), given, strict=False))
    if not asked or len(told) < len(given) or not told.keys().isdisjoint(named):
        return None
    told |= named
    found: dict[str, Any] = {}
    for name, default, pattern in asked:
        value = told.pop(name, default)
        if value is Parameter.empty or (matched := pattern.match(value, found)) is NoMatch:
            return None
        found[name] = matched
    return None if told else found


class _Parents:
    """Which nodes depend on which, for who asks; hardly anybody does."""

    def __init__(self, nodes: list[Any], parents: list[list[int]]) -> None:
        self.nodes, self.parents = nodes, parents

    def items(self) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        for node, parents in zip(self.nodes, self.parents, strict=True):
            yield node, tuple(self.nodes[number] for number in parents)


def _sorted(unsorted: Any) -> tuple[Any, _Parents]:
    """In the same order as Ibis does it: leaves first, then whatever has all its children."""
    nodes, children = list(unsorted), list(unsorted.values())
    numbers = {node: number for number, node in enumerate(nodes)}
    waiting = [len(own) for own in children]
    parents: list[list[int]] = [[] for _ in nodes]
    for number, own in enumerate(children):
        for child in own:
            parents[numbers[child]].append(number)
    ready = deque(number for number, count in enumerate(waiting) if not count)
    found = Graph()
    while ready:
        number = ready.popleft()
        found[nodes[number]] = children[number]
        for parent in parents[number]:
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    assert not any(waiting), "a circle"
    return found, _Parents(nodes, parents)


def _each(pattern: Any) -> list[Any]:
    """The patterns of which any may match, in their order."""
    return (
        [one for part in pattern.patterns for one in _each(part)] if isinstance(pattern, AnyOf) else [pattern]
    )


def _of(pattern: Any) -> Any:
    """The type without which a pattern never matches."""
    matcher = pattern.matcher if isinstance(pattern, Replace) else pattern
    kind = matcher.type if isinstance(matcher, Object) else matcher
    return kind.type if isinstance(kind, InstanceOf) else object


def _offering(pattern: Any, context: dict[str, Any] | None) -> Callable[[Any, Any], Any]:
    every = [(one, _of(one)) for one in _each(pattern)]
    chosen: dict[type, list[Any]] = {}

    def replacer(node: Any, kwargs: Any) -> Any:
        made = node.__recreate__(kwargs) if kwargs else node
        kind, captured = type(made), context or {}
        if kind not in chosen:
            chosen[kind] = [one for one, of in every if issubclass(kind, of)]
        for one in chosen[kind]:
            if (found := one.match(made, captured)) is not NoMatch:
                return found
        return made

    return replacer


class _Complexity(threading.local):
    """How complex each node is of the plan that a thread is at."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def __call__(self, node: Any) -> int:
        stack = [node]
        while stack:
            top = stack[-1]
            if top not in self.known:
                fixed = isinstance(top, ops.Field | ops.Impure)
                missing = [] if fixed else [child for child in top.__children__ if child not in self.known]
                if missing:
                    stack.extend(missing)
                    continue
                self.known[top] = self._of(top)
            stack.pop()
        return self.known[node]

    def _of(self, node: Any) -> int:
        if isinstance(node, ops.Field):
            return 1
        if isinstance(node, ops.Impure):
            return sys.maxsize
        return 1 + sum(self.known[child] for child in node.__children__)


@pytest.fixture(scope="session", autouse=True)
def planned_quickly() -> Iterator[None]:
    with quickly():
        yield


@contextmanager
def quickly() -> Iterator[None]:
    """Ibis plans the same in less time, for as long as the context lasts."""
    coerced, replaced, lowered = graph._coerce_replacer, Node.replace, rewrites.sqlize
    complexity, binding = _Complexity(), _Binding()

    def validate(signature: Any, function: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return binding(signature, function, given, named)

    def replacer(given: Any, context: Any = None) -> Any:
        return _offering(given, context) if isinstance(given, AnyOf) else coerced(given, context)

    def replace(node: Any, given: Any, filter: Any = None, context: Any = None) -> Any:  # noqa: A002  # Ibis's name
        if isinstance(given, Mapping) and filter is not None:
            walked = graph._coerce_finder(filter, context)
            if walked(node) and (node in given or not any(map(walked, node.__children__))):
                return given.get(node, node)
        return replaced(node, given, filter, context)

    def sqlize(*given: Any, **options: Any) -> Any:
        complexity.known = {}
        try:
            return lowered(*given, **options)
        finally:
            complexity.known = {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Graph, "toposort", _sorted)
        patch.setattr(graph, "_coerce_replacer", replacer)
        patch.setattr(Node, "replace", replace)
        patch.setattr(rewrites, "complexity", complexity)
        patch.setattr(Signature, "validate", validate)
        patch.setattr(base, "sqlize", sqlize)
        yield
