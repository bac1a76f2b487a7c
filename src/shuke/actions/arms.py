"""Arms: who enters a campaign now, and who of them is held out of it?"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import ibis
import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.engage.books import Assigned
from shuke.engage.campaigns import Standing
from shuke.engage.holdout import assign, held_out_of_all
from shuke.views import audience

_ASSIGNED = {"customer_id": "string", "arm": "string", "stratum": "string"}


@dataclass(frozen=True)
class Entrants:
    """Those who come to a campaign and are of no arm of it yet, whoever of `known` they mean by now."""

    project: Project
    opened: Opened
    standing: Standing
    known: list[Assigned]

    def assigned(self, people: ir.Table) -> list[Assigned]:
        """The arms of those of the people who have none."""
        before = _memory(self.known)
        fresh = audience.stratified(self.opened, people.anti_join(self._meant(before), "customer_id"))
        arms = assign(
            fresh, before, salt=self.standing.salt, share=self.standing.campaign.share_held_out,
            global_holdout=self._outside,
        )  # fmt: skip
        rows = arms.order_by("customer_id").to_pyarrow().to_pylist()
        return [
            Assigned(customer_id=row["customer_id"], arm=row["arm"], stratum=row["stratum"]) for row in rows
        ]

    def _meant(self, before: ir.Table) -> ir.Table:
        """Whom those mean by now who have an arm."""
        ids = self.opened.table("customer_ids").select("issued_id", now="customer_id")
        return (
            ids.inner_join(before, ids.issued_id == before.customer_id).select(customer_id="now").distinct()
        )

    @property
    def _outside(self) -> ir.Table:
        """Those whom no campaign reaches; what a customer asked for reaches everybody."""
        share = self.project.settings.global_holdout if self.standing.campaign.is_marketing else 0.0
        salt = hmac.digest(self.project.key, b"shuke.global_holdout", sha256).hex()
        return held_out_of_all(self.opened.table("customers").select("customer_id"), salt=salt, share=share)


def _memory(known: Iterable[Assigned]) -> ir.Table:
    rows = [{"customer_id": a.customer_id, "arm": a.arm, "stratum": a.stratum} for a in known]
    columns = {name: [row[name] for row in rows] for name in _ASSIGNED}
    return ibis.memtable(columns, schema=_ASSIGNED)
