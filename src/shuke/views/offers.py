"""Offers: which are there, what has come of each, and whom may one give a coupon?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.roles import Capability
from shuke.analyses.shrinkage import spread
from shuke.app import Opened, Project
from shuke.engage import automated_choice, coupons, offers
from shuke.engage.coupons import OccasionResult
from shuke.engage.offers import OfferRecord
from shuke.engage.permission import Consent
from shuke.lazy import pd
from shuke.profiles.consent_states import ANY
from shuke.views.viewer import Viewer


def listed(project: Project, *, viewer: Viewer) -> tuple[OfferRecord, ...]:
    """Every offer, the newest first."""
    viewer.require(Capability.SEE)
    return offers.every(project.operations)


@dataclass(frozen=True, kw_only=True)
class OfferPage:
    """One offer, and what came of it."""

    offer: OfferRecord
    occasions: tuple[OccasionResult, ...]
    range: tuple[float, float] | None  # in which the share that is redeemed lies, 95 times in 100


def offer(project: Project, number: int, *, viewer: Viewer) -> OfferPage:
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        found = offers.get(connection, number)
        occasions = coupons.by_occasion(connection, number)
    share = found.redeemed / found.issued if found.issued else 0.0
    ends = spread(pd.Series([share]), pd.Series([found.issued])) if found.issued else None
    return OfferPage(
        offer=found, occasions=occasions, range=(float(ends[0][0]), float(ends[1][0])) if ends else None
    )


def opted_out(project: Project) -> frozenset[str]:
    """Every id of those who do not want a model alone to choose what they are offered."""
    with project.operations.reading() as connection:
        lately = automated_choice.statements(connection)
    opened = _opened(project)
    if opened is None:
        return frozenset(who for who, told in lately.items() if automated_choice.is_refused(told))
    ids = opened.table("customer_ids").select("issued_id", "customer_id")
    told: dict[str, list[Consent]] = {}
    for row in _rows(_stated(opened)):
        since = row["since"] and row["since"].replace(tzinfo=UTC)
        statement = Consent(
            purpose=automated_choice.PURPOSE, channel=ANY, granted=row["granted"], since=since
        )
        told.setdefault(row["customer_id"], []).append(statement)
    for row in _rows(ids.filter(ids.issued_id.isin(list(lately)))) if lately else ():
        told.setdefault(row["customer_id"], []).extend(lately[row["issued_id"]])
    refused = [who for who, statements in told.items() if automated_choice.is_refused(statements)]
    return frozenset(_ids(ids.filter(ids.customer_id.isin(refused)).issued_id)) if refused else frozenset()


def _stated(opened: Opened) -> ir.Table | None:
    if "consent_states" not in opened.reader.tables:
        return None
    states = opened.table("consent_states")
    return states.filter(states.purpose == automated_choice.PURPOSE)


def _rows(table: ir.Table | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [] if table is None else table.to_pyarrow().to_pylist()
    return found


def meaning_the_same(project: Project, customer: str) -> frozenset[str]:
    """Every id that means the same customer as this one."""
    opened = _opened(project)
    if opened is None:
        return frozenset({customer})
    ids = opened.table("customer_ids")
    now = ids.filter(ids.issued_id == customer).select("customer_id")
    return frozenset({customer, *_ids(ids.semi_join(now, "customer_id").issued_id)})


def unknown(project: Project, customers: Collection[str]) -> Sequence[str]:
    """Those of the ids that mean nobody in the current build; all of them where there is none."""
    opened = _opened(project)
    asked = sorted(set(customers))
    if opened is None:
        return asked
    ids = opened.table("customer_ids")
    known = ids.filter(ids.customer_id.notnull() & ids.issued_id.isin(ibis.memtable({"id": asked}).id))
    found = set(_ids(known.issued_id))
    return [customer for customer in asked if customer not in found]


def _opened(project: Project) -> Opened | None:
    return project.open() if project.builds.numbers() else None


def _ids(column: ir.StringColumn) -> list[str]:
    return [str(value) for value in column.to_pyarrow().to_pylist()]
