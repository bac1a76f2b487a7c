"""Recipients: what must be known of a customer to write to them, or to leave them alone?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir
import phonenumbers

from shuke.app import Opened, Project
from shuke.engage.permission import Consent

#: So many last digits of a phone are written alike everywhere.
_TELLING = 6

#: How many products are recommended to one customer in a message.
RECOMMENDED = 5


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One customer of the current build, by whatever id they were asked for."""

    customer_id: str
    issued: frozenset[str]  # every id that means them
    golden: Mapping[str, Any]
    consents: tuple[Consent, ...] = ()
    waits: bool = False  # a complaint of theirs is not answered
    last_bought: date | None = None
    recommendations: tuple[str, ...] = ()
    further: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def address(self, kind: str, *, country: str) -> str | None:
        """Where a channel that writes to that kind of address reaches them; none where it does not."""
        if not kind:
            return ""
        told = str(self.golden.get(kind) or "")
        if kind == "email":
            return told if "@" in told and "*" not in told else None
        return international(told, str(self.golden.get("country") or country))


def recipients(opened: Opened, customer_ids: Collection[str]) -> dict[str, Recipient]:
    """By the ids that were asked for, those who are somebody in the build."""
    asked = ibis.memtable({"asked": sorted(customer_ids)}, schema={"asked": "string"})
    known = opened.table("customer_ids").select("issued_id", "customer_id")
    found = known.inner_join(asked, known.issued_id == asked.asked).select("asked", "customer_id")
    meant = {row["asked"]: row["customer_id"] for row in _rows(found) if row["customer_id"]}
    now = ibis.memtable({"customer_id": sorted(set(meant.values()))}, schema={"customer_id": "string"})
    golden = {
        row["customer_id"]: row for row in _rows(opened.table("customers").semi_join(now, "customer_id"))
    }
    issued = _grouped(_rows(known.semi_join(now, "customer_id")), "issued_id")
    consents = _grouped_rows(_rows(_of(opened, "consent_states", now)))
    waiting = {row["customer_id"] for row in _rows(_of(opened, "complaints", now)) if row["waiting"]}
    bought = {row["customer_id"]: row["last_day"] for row in _rows(_last_bought(opened, now))}
    wished = _grouped(_rows(_of(opened, "recommendations", now), by="rank"), "product_name")
    return {
        asked_id: Recipient(
            customer_id=customer, issued=frozenset(issued.get(customer, [customer])), golden=golden[customer],
            consents=tuple(map(_consent, consents.get(customer, ()))), waits=customer in waiting,
            last_bought=bought.get(customer),
            recommendations=tuple(filter(None, wished.get(customer, ())))[:RECOMMENDED],
        )
        for asked_id, customer in meant.items()
        if customer in golden
    }  # fmt: skip


def known_by_phone(project: Project, numbers: Collection[str]) -> dict[str, list[str]]:
    """The customers to whom messages to each of these numbers, in international form, would go."""
    if not numbers or not project.builds.pointed:
        return {}
    rows = project.open().table("customers").select("customer_id", "phone", "country")
    last = sorted({number[-_TELLING:] for number in numbers})
    alike = rows.filter(rows.phone.re_replace("[^0-9]", "").right(_TELLING).isin(last))
    found: dict[str, list[str]] = {}
    for row in _rows(alike, by="customer_id"):
        home = str(row["country"] or project.settings.country)
        number = international(str(row["phone"]), home)
        if number and number in numbers:
            found.setdefault(number, []).append(row["customer_id"])
    return found


def _of(opened: Opened, name: str, customers: ir.Table) -> ir.Table | None:
    """The rows of these customers; none where the build does not have the table."""
    made = opened.build.manifest.tables.get(name)
    if made is None or made.failed:
        return None
    return opened.table(name).semi_join(customers, "customer_id")


def _last_bought(opened: Opened, customers: ir.Table) -> ir.Table | None:
    rows = _of(opened, "purchases", customers)
    if rows is None:
        return None
    goods = rows.filter((rows.kind == "goods") & ~rows.is_return)
    return goods.group_by("customer_id").agg(last_day=goods.day.max())


def _rows(table: ir.Table | None, *, by: str | None = None) -> list[dict[str, Any]]:
    if table is None:
        return []
    told: list[dict[str, Any]] = (table.order_by(by) if by else table).to_pyarrow().to_pylist()
    return told


def _grouped(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(row.get(column))
    return found


def _grouped_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(row)
    return found


def _consent(row: Mapping[str, Any]) -> Consent:
    since: datetime | None = row["since"]
    return Consent(
        purpose=row["purpose"], channel=row["channel"], granted=row["granted"],
        since=since and since.replace(tzinfo=UTC),
    )  # fmt: skip


def international(number_: str, country: str) -> str | None:
    """A phone as every provider reads it; none where it is no number."""
    try:
        number = phonenumbers.parse(number_, country.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
