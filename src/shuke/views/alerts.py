"""Alerts: what needs somebody's attention, and what has become of it?"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.access import users
from shuke.access.audit import AuditEvent
from shuke.access.masking import mask
from shuke.access.roles import Capability
from shuke.alerts import flips, notes, targets
from shuke.alerts.flips import AlertSubject, Status
from shuke.alerts.notices import OWN
from shuke.app import Opened, Project
from shuke.errors import UnknownTable, WrongCall
from shuke.languages import N_, Text
from shuke.tables import Canonical, Column, Derived, Type
from shuke.views import tables
from shuke.views.names import names
from shuke.views.portion import Answer, portion
from shuke.views.query import Condition, holds
from shuke.views.viewer import Viewer

#: What is known of an alert, and what one may filter alerts by.
ALERTS = Canonical(
    "alerts",
    Text("Alerts", "预警"),
    key=("alert",),
    columns=(
        Column("alert", Type.TEXT, Text("Alert", "预警编号"), note=Text(
            "The rule and whom it is about.", "规则与对象。")),
        Column("rule", Type.TEXT, Text("Rule", "规则")),
        Column("subject_kind", Type.TEXT, Text("About what", "对象类型")),
        Column("subject", Type.TEXT, Text("About whom", "对象")),
        Column("name", Type.TEXT, Text("Name", "名称"), pii="name"),
        Column("phone", Type.TEXT, Text("Phone", "电话"), pii="phone"),
        Column("since", Type.DATE, Text("Since", "起始日")),
        Column("severity", Type.TEXT, Text("Severity", "严重程度")),
        Column("at_stake", Type.MONEY, Text("At stake", "涉及金额"), unit="currency"),
        Column("evidence", Type.JSON, Text("Evidence", "依据")),
        Column("status", Type.TEXT, Text("Status", "状态")),
        Column("who", Type.TEXT, Text("Handled by", "处理人")),
        Column("until", Type.DATE, Text("Asleep until", "暂缓至")),
        Column("assignee", Type.TEXT, Text("Given to", "负责人")),
    ),
)  # fmt: skip

Order = Literal["at_stake", "severity", "since"]
"""Where most is at stake first, the gravest, or the newest."""

#: The gravest first.
SEVERITIES = ("high", "medium", "low")


class UnknownAlert(WrongCall, KeyError):
    """No rule of the current build says that (HTTP 404)."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A finding and what people did about it."""

    rule: str
    title: Text
    subject_kind: str
    subject: str
    name: str | None  # the customer's, as far as the viewer may see it; so is the phone
    phone: str | None
    since: date
    severity: str
    at_stake: Decimal | None  # in the project's currency; none where nobody knows
    status: str  # open, acknowledged, snoozed, resolved
    who: str | None  # acknowledged, snoozed or resolved it
    until: date | None  # of a snoozed one
    assignee: str | None  # whom it is given to
    evidence: Mapping[str, Any]
    labels: Mapping[str, Text]  # what a person calls each figure of the evidence

    @property
    def called(self) -> str:
        """Whom or what it is about, as people name it."""
        return self.name or targets.in_words(self.subject)

    @property
    def about(self) -> AlertSubject:
        return AlertSubject(self.rule, self.subject_kind, self.subject)


@dataclass(frozen=True)
class AlertPage:
    alerts: tuple[Alert, ...]
    total: int


def listed(
    project: Project,
    where: Iterable[Condition] = (),
    *,
    viewer: Viewer,
    order: Order = "at_stake",
    limit: int = 50,
    offset: int = 0,
) -> AlertPage:
    """The alerts that meet conditions on the columns of `ALERTS`, where most is at stake first. Before all
    others stands what Shuke warns of itself: without that, nothing else would be known."""
    viewer.require(Capability.SEE)
    opened, conditions = project.open(), tuple(where)

    def chosen() -> tuple[ir.Table, list[ir.Value]]:
        return _chosen(conditions, order)

    key = ("alerts", order, *map(str, conditions))
    page, total = portion(_answer(project, opened, viewer), key, chosen, limit=limit, offset=offset)
    return AlertPage(tuple(_alert(project, opened, row) for row in page.to_pylist()), total)


def rows(project: Project, where: Iterable[Condition], *, viewer: Viewer, order: Order) -> pa.Table:
    """The same, all of them, in the columns of `ALERTS`."""
    conditions = tuple(where)

    def every() -> ir.Table:
        met, by = _chosen(conditions, order)
        return met.order_by(by).select(*(column.name for column in ALERTS.columns))

    return _answer(project, project.open(), viewer)(("rows", order, *map(str, conditions)), every)


def _chosen(conditions: tuple[Condition, ...], order: Order) -> tuple[ir.Table, list[ir.Value]]:
    for unknown in (c.column for c in conditions if c.column not in _EVERY.columns):
        raise UnknownTable(
            N_("Table {table} has no column {column}."), table=ALERTS.name, column=unknown[:50]
        )
    met = _EVERY.filter([ibis.literal(True), *holds(_EVERY, ALERTS, conditions)])
    return met, _ORDERS[order](met)


def note(project: Project, shown: Iterable[Alert], *, viewer: Viewer) -> None:
    """Write down that people were looked at: names and phones as they are."""
    named = [alert for alert in shown if alert.name or alert.phone]
    if named and viewer.sees_personal:
        event = AuditEvent(
            verb="looked_at_table", subject_kind="table", subject_id=ALERTS.name, count=len(named)
        )
        viewer.did(project.operations, event)


def counts(project: Project, *, viewer: Viewer) -> dict[tuple[str, str], int]:
    """How many alerts are open, by (rule, severity), the gravest first."""
    viewer.require(Capability.SEE)
    ranked = _answer(project, project.open(), viewer)("open alerts", _counted_open)
    return {(row["rule"], row["severity"]): row["number"] for row in ranked.to_pylist()}


def asked(project: Project, key: str, ask: Callable[[ir.Table], ir.Table], *, viewer: Viewer) -> pa.Table:
    """What a question says of all alerts, with the columns of `ALERTS`; the same question under a key."""
    viewer.require(Capability.SEE)
    return _answer(project, project.open(), viewer)(("asked", key), lambda: ask(_EVERY))


def made_of(project: Project, rows: Iterable[dict[str, Any]]) -> list[Alert]:
    """Rows in the columns of `ALERTS`, as alerts."""
    opened = project.open()
    return [_alert(project, opened, row) for row in rows]


def _counted_open() -> ir.Table:
    is_open = _EVERY.filter(_EVERY.status == Status.OPEN.value)
    counted = is_open.group_by("rule", "severity").agg(number=is_open.count())
    return counted.order_by([rank(counted), "rule"])


def assignable(project: Project) -> tuple[str, ...]:
    """To whom alerts can be given, by name."""
    return tuple(user.name for user in users.list_users(project.operations) if user.disabled_at is None)


def title(project: Project, opened: Opened, rule: str) -> Text:
    """What a rule is called: as its table."""
    if rule in OWN:
        return OWN[rule][0]
    declared = tables.tables(project, opened).get(rule)
    return declared.title if declared else Text(rule, rule)


def _answer(project: Project, opened: Opened, viewer: Viewer) -> Answer:
    """Asks what a build has found, and what people did about it."""
    key = ("findings", viewer.sees_personal)
    rows = {
        "findings": pa.concat_tables(
            [opened.once(key, lambda: _findings(project, opened, viewer)), _own(project)]
        ),
        "handled": _handled(project, viewer),
        "given": _given(project),
    }
    return lambda key, ask: opened.reader.among(key, ask, rows.__getitem__)


#: What no rule says itself.
_BESIDE = ("alert", "name", "phone", "status", "who", "until", "assignee")

_FINDING = {c.name: c.type.ibis for c in ALERTS.columns if c.name not in _BESIDE}

_NAMED = ibis.schema({**_FINDING, "name": "string", "phone": "string"})

_HANDLED = ibis.schema(
    {**dict.fromkeys(("rule", "subject_kind", "subject", "status", "who"), "string"), "until": "date"}
)


_GIVEN = ibis.schema(dict.fromkeys(("rule", "subject_kind", "subject", "assignee"), "string"))


def _findings(project: Project, opened: Opened, viewer: Viewer) -> pa.Table:
    """Everything that the rules of a build have found, with name and phone, masked where they must be."""
    rules = [
        _finding(opened.table(name))
        for name, declared in tables.tables(project, opened).items()
        if isinstance(declared, Derived) and declared.area == "alerts" and name in opened.reader.tables
    ]
    if not rules:
        return _NAMED.to_pyarrow().empty_table()
    found = ibis.union(*rules, distinct=False) if len(rules) > 1 else rules[0]
    customers = opened.table("customers")
    phone = customers.phone if viewer.sees_personal else mask(customers.phone, "phone")
    reached = found.left_join(customers.select(subject="customer_id", phone=phone), "subject")
    known = names(opened, viewer).rename(subject="customer_id")
    return reached.drop("subject_right").left_join(known, "subject").select(*_NAMED).to_pyarrow()


def _finding(rows: ir.Table) -> ir.Table:
    """Findings as an earlier version wrote them do not say what is at stake."""
    known = rows if "at_stake" in rows.columns else rows.mutate(at_stake=ibis.null(Type.MONEY.ibis))
    return known.cast(_FINDING).select(*_FINDING)


def _own(project: Project) -> pa.Table:
    """What Shuke warns of itself: notices that do not arrive, rules that could not be asked."""
    with project.operations.reading() as connection:
        known = flips.standing(connection, OWN)
    rows = [
        {
            "rule": state.subject.rule, "subject_kind": state.subject.kind, "subject": state.subject.id,
            "since": state.since, "severity": state.severity, "evidence": json.dumps(state.evidence),
        }
        for state in known.values()
        if state.status is not Status.RESOLVED
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_NAMED.to_pyarrow())


def _handled(project: Project, viewer: Viewer) -> pa.Table:
    """What people did about alerts."""
    rows = [
        {
            "rule": handled.subject.rule, "subject_kind": handled.subject.kind, "subject": handled.subject.id,
            "status": handled.status.value, "who": handled.who, "until": handled.until,
        }
        for handled in flips.handled(project.operations, today=today(project, viewer))
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_HANDLED.to_pyarrow())


def _given(project: Project) -> pa.Table:
    """Whom alerts are given to."""
    rows = [
        {"rule": subject.rule, "subject_kind": subject.kind, "subject": subject.id, "assignee": who}
        for subject, who in notes.assignees(project.operations).items()
    ]
    return pa.Table.from_pylist(rows, schema=_GIVEN.to_pyarrow())


def _beside(findings: ir.Table, handled: ir.Table, given: ir.Table) -> ir.Table:
    """Every finding with its status, and whom it is given to."""
    which = ["rule", "subject_kind", "subject"]
    both = findings.left_join(handled, which)
    told = both.select(*findings.columns, "who", "until", status=both.status.fill_null(Status.OPEN.value))
    beside = told.left_join(given, which)
    return beside.select(*told.columns, "assignee", alert=beside.rule + ":" + beside.subject)


_EVERY = _beside(
    ibis.table(_NAMED, name="findings"), ibis.table(_HANDLED, name="handled"),
    ibis.table(_GIVEN, name="given"),
)  # fmt: skip


def today(project: Project, viewer: Viewer) -> date:
    return viewer.now.astimezone(ZoneInfo(project.settings.zone)).date()


def rank(alerts: ir.Table) -> ir.IntegerValue:
    return ibis.cases(*((alerts.severity == s, n) for n, s in enumerate(SEVERITIES)), else_=len(SEVERITIES))


def _by(*names: Order) -> Callable[[ir.Table], list[ir.Value]]:
    """Orders alerts by several things, Shuke's own before all others."""

    def order(alerts: ir.Table) -> list[ir.Value]:
        by: dict[Order, ir.Value] = {
            "at_stake": ibis.desc(alerts.at_stake.fill_null(0)),
            "severity": rank(alerts),
            "since": ibis.desc(alerts.since),
        }
        return [~alerts.rule.isin(list(OWN)), *(by[name] for name in names), alerts.rule, alerts.subject]

    return order


_ORDERS: Mapping[Order, Callable[[ir.Table], list[ir.Value]]] = {
    "at_stake": _by("at_stake", "severity", "since"),
    "severity": _by("severity", "at_stake", "since"),
    "since": _by("since", "severity", "at_stake"),
}


def _alert(project: Project, opened: Opened, row: dict[str, Any]) -> Alert:
    evidence = json.loads(row.pop("evidence") or "{}")
    del row["alert"]  # its rule and its subject
    if row["rule"] in OWN:
        named, words = OWN[row["rule"]]
        return Alert(**row, title=named, evidence=evidence, labels=words)
    declared = tables.tables(project, opened)[row["rule"]]
    return Alert(**row, title=declared.title, evidence=evidence, labels=declared["evidence"].codes or {})
