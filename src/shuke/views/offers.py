"""Offers: which are there, what has come of each, and whom may one give a coupon?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from shuke.access.roles import Capability
from shuke.analyses.shrinkage import spread
from shuke.app import Opened, Project
from shuke.engage import coupons, offers
from shuke.engage.coupons import OccasionResult
from shuke.engage.offers import OfferRecord
from shuke.lazy import pd
from shuke.tables.records import record_of
from shuke.views.viewer import Viewer

#: The purpose under which a customer says no to being chosen, or not chosen, by a model alone.
AUTOMATED_CHOICE = "automated_choice"


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
    """Every id of those who last said no to automated choice (PIPL art. 24)."""
    opened = _opened(project)
    if opened is None or "landed_consents" not in opened.reader.tables:
        return frozenset()
    said = opened.table("landed_consents")
    said = said.filter(said.purpose.lower() == AUTOMATED_CHOICE)
    named = said.select("granted", "at", "key", record=record_of(said))
    owned = named.inner_join(opened.table("identities").select("record", "customer_id"), "record")
    last_first = ibis.window(
        group_by="customer_id", order_by=[owned["at"].isnull(), owned["at"].desc(), owned.granted, owned.key]
    )
    ranked = owned.mutate(nth=ibis.row_number().over(last_first))
    out = ranked.filter((ranked.nth == 0) & ~ranked.granted).select("customer_id")
    return frozenset(_ids(opened.table("customer_ids").semi_join(out, "customer_id").issued_id))


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
