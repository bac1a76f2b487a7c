"""Occasions: to whom has happened what an automation waits for, by the tables of one day?"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.alerts import flips
from shuke.alerts.flips import CUSTOMER
from shuke.app import Opened, Project
from shuke.engage.automation import Automation
from shuke.engage.trigger import OPENINGS, Tables
from shuke.segments import membership
from shuke.tables.records import OWN
from shuke.views import meant

_OPENED = pa.schema(
    [("rule", pa.string()), ("customer_id", pa.string()), ("day", pa.date32()), ("is_open", pa.bool_())]
)


def happened(automation: Automation, tables: Tables, *, as_of: date, zone: str) -> ir.Table:
    """`customer_id`, `occasion`, `day` of what has begun within the last `max_age_days` days."""
    rows = automation.happens.occasions(tables, automation.answers, as_of=as_of, zone=zone)
    told = rows.filter(rows.customer_id.notnull() & rows.occasion.notnull())
    fresh = told.filter(told.day.between(as_of - timedelta(days=automation.max_age_days), as_of))
    return fresh.group_by("customer_id", "occasion").agg(day=fresh.day.min())


def in_build(project: Project, opened: Opened, automation: Automation, *, name: str = "") -> ir.Table:
    """What has happened by a build, but to whom the automation of a name excepts."""
    manifest, tables = opened.build.manifest, of_build(project, opened)
    rows = happened(automation, tables, as_of=manifest.as_of, zone=manifest.zone)
    if not automation.unless:
        return rows
    return rows.anti_join(excepted(project, opened, automation, name=name), "customer_id")


def excepted(project: Project, opened: Opened, automation: Automation, *, name: str) -> ir.Table:
    """Whom an automation excepts; what it has written to them itself is not held against them."""
    condition, manifest = meant.meaning(project, opened, automation.unless), opened.build.manifest
    tables = of_build(project, opened)

    def of_others(asked: str) -> ir.Table:
        rows = tables(asked)
        if asked != "landed_touches":
            return rows
        return rows.filter(~((rows.source == OWN) & (rows.campaign_id == name)).fill_null(False))

    wide, columns = membership.marked(condition.readable, of_others, as_of=manifest.as_of, zone=manifest.zone)
    return wide.filter(wide[columns[condition.readable[-1].segment.name]]).select("customer_id")


def of_build(project: Project, opened: Opened) -> Tables:
    """The tables of a build, and what stands of alerts."""

    def table(name: str) -> ir.Table:
        if name == OPENINGS:
            return _openings(project, opened)
        return meant.table_of(opened, name)

    return table


def whom(opened: Opened, issued: Collection[str]) -> dict[str, str]:
    """Whom ids mean in a build; those that mean nobody are left out."""
    asked = named(issued).select(issued_id="customer_id")
    found = opened.table("customer_ids").inner_join(asked, "issued_id")
    rows = found.select("issued_id", "customer_id").to_pyarrow().to_pylist()
    return {row["issued_id"]: row["customer_id"] for row in rows if row["customer_id"]}


def named(customers: Iterable[str]) -> ir.Table:
    """Customers as a table."""
    return ibis.memtable({"customer_id": sorted(customers)}, schema={"customer_id": "string"})


def openings(rows: list[dict[str, Any]]) -> ir.Table:
    """The table of alerts, of rows that tell of each time that one was opened."""
    return ibis.memtable(pa.Table.from_pylist(rows, schema=_OPENED))


def _openings(project: Project, opened: Opened) -> ir.Table:
    """When alerts were opened, on the calendar of the build: one that looks from an earlier day than today
    looks as many days back."""
    manifest = opened.build.manifest
    behind = manifest.built_at.astimezone(ZoneInfo(manifest.zone)).date() - manifest.as_of
    with project.operations.reading() as connection:
        every = flips.openings(connection)
    rows: list[dict[str, Any]] = [
        {
            "rule": state.subject.rule, "issued": state.subject.id, "is_open": is_open,
            "day": state.at.astimezone(ZoneInfo(manifest.zone)).date() - behind,
        }
        for state, is_open in every
        if state.subject.kind == CUSTOMER
    ]  # fmt: skip
    means = whom(opened, {row["issued"] for row in rows})
    told = [row | {"customer_id": means[row["issued"]]} for row in rows if row["issued"] in means]
    return openings([{name: row[name] for name in _OPENED.names} for row in told])
