"""Pressing: which kinds of alerts are open, what is at stake in each, and whom does it concern first?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.languages import Text
from shuke.views import alerts
from shuke.views.alerts import SEVERITIES, Alert
from shuke.views.names import names_of
from shuke.views.overview import ALERTS, Figure
from shuke.views.query import Condition
from shuke.views.viewer import Viewer

#: So many of each are named.
NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Pressing:
    """The open alerts of one rule."""

    rule: str
    title: Text
    severity: str  # of the gravest
    alerts: Figure
    at_stake: Decimal | None  # in all, in the project's currency; none where nobody knows
    first: tuple[Alert, ...]  # those in which most is at stake


def of(project: Project, *, viewer: Viewer) -> tuple[Pressing, ...]:
    """What waits for somebody, where most is at stake first, then the gravest."""
    viewer.require(Capability.SEE)
    rows = alerts.asked(project, "pressing", _ranked, viewer=viewer).to_pylist()
    told = [{name: row.pop(name) for name in ("place", "number", "staked", "rank")} for row in rows]
    first = _named(project, alerts.made_of(project, rows), viewer)
    groups: dict[str, list[tuple[dict[str, Any], Alert]]] = {}
    for each, alert in zip(told, first, strict=True):
        groups.setdefault(alert.rule, []).append((each, alert))
    return tuple(_pressing(group) for group in groups.values())


def _ranked(every: ir.Table) -> ir.Table:
    """The first alerts of each rule that are open, with what all of the rule come to."""
    is_open = every.filter(every.status == "open")
    of_rule = ibis.window(group_by=is_open.rule)
    placed = is_open.mutate(
        place=ibis.row_number().over(
            group_by=is_open.rule, order_by=[ibis.desc(is_open.at_stake.fill_null(0)), is_open.subject]
        ),
        number=is_open.count().over(of_rule),
        staked=is_open.at_stake.sum().over(of_rule),
        rank=alerts.rank(is_open).min().over(of_rule),
    )
    first = placed.filter(placed.place < NAMED)
    return first.order_by([ibis.desc(first.staked.fill_null(0)), first.rank, first.rule, first.place])


def _named(project: Project, found: Iterable[Alert], viewer: Viewer) -> list[Alert]:
    """Who has told no name goes by what their source calls them."""
    every = list(found)
    nameless = {each.subject for each in every if each.subject_kind == "customer" and each.name is None}
    called = names_of(project.open(), nameless, viewer=viewer) if nameless else {}
    return [replace(each, name=each.name or called.get(each.subject)) for each in every]


def _pressing(group: list[tuple[dict[str, Any], Alert]]) -> Pressing:
    told, alert = group[0]
    where = (Condition("status", "eq", "open"), Condition("rule", "eq", alert.rule))
    figure = Figure(
        name=alert.rule, title=alert.title, value=told["number"], unit="count", table=ALERTS,
        where=where,
    )  # fmt: skip
    severity = dict(enumerate(SEVERITIES)).get(told["rank"], SEVERITIES[-1])
    return Pressing(
        rule=alert.rule, title=alert.title, severity=severity, alerts=figure, at_stake=told["staked"],
        first=tuple(each for _, each in group),
    )  # fmt: skip
