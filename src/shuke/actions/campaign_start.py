"""Campaign start: who enters a campaign when its time has come, and who is held out of it?"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import ibis
import ibis.expr.types as ir
import sqlalchemy as sa

from shuke.access.roles import owner
from shuke.actions.messages import MESSAGE, end_where_done
from shuke.actions.work import Books, Kind, one_by_one
from shuke.analyses.campaign_arms import TREATED
from shuke.app import Opened, Project
from shuke.engage import books, campaigns
from shuke.engage.books import Assigned
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.holdout import assign, held_out_of_all
from shuke.store import due_work
from shuke.store.campaign_rows import assignments
from shuke.store.due_work import Due, Work
from shuke.views import audience
from shuke.views.outgoing import key_of
from shuke.views.viewer import Viewer

#: The kind of due work that the start of a campaign is.
START = "campaign"

_ASSIGNED = {"customer_id": "string", "arm": "string", "stratum": "string"}


def plan(connection: sa.Connection, standing: Standing, *, now: datetime) -> None:
    """Let the campaign begin at its time, or at once."""
    due_at = max(standing.campaign.starts or now, now)
    work = Work(key=f"{standing.id}:{now.isoformat()}", due_at=due_at, payload={"campaign": standing.id})
    due_work.plan(connection, START, [work], now=now)


def _start(project: Project, due: Due, now: datetime) -> Books:
    with project.operations.reading() as connection:
        standing = campaigns.by_id(connection, due.payload["campaign"])
        before = connection.execute(
            sa.select(assignments).where(assignments.c.campaign_id == standing.id)
        ).all()
    if standing.status is not CampaignStatus.SCHEDULED:
        return lambda _: None  # it was paused or cancelled meanwhile, or began already
    known = [Assigned(customer_id=row.customer_id, arm=row.arm, stratum=row.stratum) for row in before]
    entering = _Entering(project, project.open(), standing, known, now).assigned()
    treated = sorted(a.customer_id for a in [*known, *entering] if a.arm == TREATED)

    def write(connection: sa.Connection) -> None:
        books.assign(connection, standing.id, entering, now=now)
        messages = (
            Work(
                key=key_of(standing.id, whom), due_at=now, payload={"campaign": standing.id, "customer": whom}
            )
            for whom in treated
        )
        due_work.plan(connection, MESSAGE, messages, now=now)
        campaigns.move(connection, standing, CampaignStatus.SENDING, who=None, now=now)
        end_where_done(connection, standing.id, now=now)

    return write


@dataclass(frozen=True)
class _Entering:
    """Those who are of the audience today and of no arm yet."""

    project: Project
    opened: Opened
    standing: Standing
    known: list[Assigned]
    now: datetime

    def assigned(self) -> list[Assigned]:
        before = _memory(self.known)
        people = audience.customers(
            self.project, self.opened, self.standing.campaign.audience, viewer=self._viewer
        )
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

    @property
    def _viewer(self) -> Viewer:
        """A campaign is begun by who may see what it asks for; the worker does it for them."""
        return Viewer(owner("shuke"), "worker", self.now)


def _memory(known: Iterable[Assigned]) -> ir.Table:
    rows = [{"customer_id": a.customer_id, "arm": a.arm, "stratum": a.stratum} for a in known]
    columns = {name: [row[name] for row in rows] for name in _ASSIGNED}
    return ibis.memtable(columns, schema=_ASSIGNED)


KIND = Kind(START, one_by_one(_start))
