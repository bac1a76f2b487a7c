"""Campaigns: what has each come to, what would it say to this customer, and what would become of it?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import sqlalchemy as sa

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.analyses.campaign_arms import CONTROL
from shuke.analyses.campaign_results import campaign_results
from shuke.analyses.holdout_results import holdout_results
from shuke.app import Opened, Project
from shuke.channels.message import Message
from shuke.channels.opened import open_channel
from shuke.engage import books, campaigns, message_events, sample_size
from shuke.engage.books import MessageStatus
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import CampaignChange, Standing
from shuke.engage.message_events import Reached
from shuke.errors import UnknownCustomer
from shuke.languages import N_, _
from shuke.store.due_work import due_work
from shuke.views import audience, insights
from shuke.views.insights import TableAsSeen
from shuke.views.outgoing import Outgoing, key_of
from shuke.views.recipients import recipients
from shuke.views.viewer import Viewer

#: So many customers are looked up at once.
_AT_ONCE = 5_000

#: A worker that runs takes what is due within seconds.
_ATTENDED = timedelta(minutes=2)

#: By what share of buyers an audience is judged before a campaign.
_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class CampaignSummary:
    """One line of the list of campaigns."""

    name: str
    status: CampaignStatus
    since: datetime
    channel: str
    audience: str
    sent: int
    withheld: int
    refused: int
    control: int


@dataclass(frozen=True, kw_only=True)
class CampaignPage:
    """Everything of one campaign."""

    summary: CampaignSummary
    document: Mapping[str, Any]  # what it says, as it was written
    arms: Mapping[str, int]
    came_later: int  # taken in after those with whom it began
    reasons: Mapping[str, int]  # why messages were withheld
    waiting: int
    reached: Reached  # what was told of messages after they were sent
    history: tuple[CampaignChange, ...]
    results: tuple[Mapping[str, Any], ...]  # rows of `campaign_results`


@dataclass(frozen=True, kw_only=True)
class CampaignsTogether:
    """What all campaigns have brought, in a sentence that one can repeat, or why that cannot be told."""

    global_holdout: float  # the share of customers whom none is to reach, as shuke.toml says
    sentence: str
    results: tuple[Mapping[str, Any], ...]  # rows of `holdout_results`


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a campaign would come to if it began now."""

    audience: int
    treated: int  # by the share held out
    control: int
    withheld: Mapping[str, int]  # of the whole audience, by reason
    to_send: int  # of the treated, those whom nothing keeps back today
    cost: Decimal
    buyers: float  # share of the audience that bought in the last 30 days
    provable: float | None  # the least rise of that share that so many would prove


def listed(project: Project, *, viewer: Viewer) -> tuple[CampaignSummary, ...]:
    """All campaigns, the newest first."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        begun_once = (each for each in campaigns.every(connection) if each.automation is None)
        return tuple(_summary(connection, standing) for standing in begun_once)


def is_unattended(project: Project, *, viewer: Viewer) -> bool:
    """Whether work has been due for minutes that nobody has taken: no worker runs."""
    viewer.require(Capability.SEE)
    of, now = due_work.c, viewer.now
    taken = of.leased_until.is_not(None) & (of.leased_until > now)
    waits = sa.select(of.id).where(of.ended_at.is_(None), of.due_at < now - _ATTENDED, ~taken).limit(1)
    with project.operations.reading() as connection:
        return connection.execute(waits).first() is not None


def one(project: Project, name: str, *, viewer: Viewer) -> CampaignPage:
    """Raises `UnknownCampaign`."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        standing = campaigns.one(connection, name)
        came = campaigns.came_of(connection, standing.id)
        return CampaignPage(
            summary=_summary(connection, standing), document=standing.campaign.to_json(),
            arms=campaigns.arms(connection, standing.id),
            came_later=campaigns.came_later(connection, standing.id), reasons=reasons(came),
            waiting=_waiting(connection, standing.id),
            reached=message_events.reached(connection, standing.id),
            history=tuple(campaigns.history(connection, standing.id)), results=results(project, name),
        )  # fmt: skip


def outgoing(project: Project, name: str, customer_id: str) -> Outgoing:
    """The message of a campaign to one customer; raises `UnknownCustomer`."""
    with project.operations.reading() as connection:
        standing = campaigns.one(connection, name)
    return _outgoing(project, standing, customer_id)


def preview(project: Project, name: str, customer_id: str, *, viewer: Viewer) -> Message:
    """What a customer would read."""
    viewer.require(Capability.SEE_PERSONAL)
    found = outgoing(project, name, customer_id)
    looked = AuditEvent(
        verb="looked_at_customer", subject_kind="customer", subject_id=found.recipient.customer_id
    )
    viewer.did(project.operations, looked)
    return found.message()


def forecast(project: Project, name: str, *, viewer: Viewer) -> Forecast:
    """Whom a campaign would reach now, who would be left alone and why, and what it could prove."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.reading() as connection:
        standing = campaigns.one(connection, name)
    opened = project.open()
    ids = audience.customers(project, opened, standing.campaign.audience, viewer=viewer)
    whom: list[str] = ids.order_by("customer_id").to_pyarrow()["customer_id"].to_pylist()
    withheld: Counter[str] = Counter()
    for first in range(0, len(whom), _AT_ONCE):
        withheld.update(_withheld(project, opened, standing, whom[first : first + _AT_ONCE], viewer.now))
    share = standing.campaign.share_held_out
    control = round(len(whom) * share)
    to_send = round((len(whom) - sum(withheld.values())) * (1 - share))
    buyers = _buyers(opened, whom)
    design = sample_size.Design(control=share) if 0 < share < 1 else None
    return Forecast(
        audience=len(whom), treated=len(whom) - control, control=control,
        withheld=dict(withheld.most_common()), to_send=to_send,
        cost=to_send * Decimal(standing.campaign.cost), buyers=buyers,
        provable=sample_size.provable_rate(buyers, len(whom), design=design) if design else None,
    )  # fmt: skip


def _outgoing(project: Project, standing: Standing, customer_id: str) -> Outgoing:
    found = recipients(project.open(), [customer_id])
    if customer_id not in found:
        raise UnknownCustomer(N_("There is no customer {id}."), id=customer_id)
    channel = open_channel(project.settings.channels, standing.campaign.channel)
    return Outgoing(
        project=project,
        standing=standing,
        channel=channel,
        recipient=found[customer_id],
        entered_as=customer_id,
    )


def _withheld(
    project: Project, opened: Opened, standing: Standing, whom: list[str], now: datetime
) -> Counter[str]:
    channel = open_channel(project.settings.channels, standing.campaign.channel)
    found = recipients(opened, whom)
    since = now - timedelta(days=standing.campaign.cap_days)
    told: Counter[str] = Counter()
    with project.operations.reading() as connection:
        for customer_id, recipient in found.items():
            past = books.past(connection, recipient.issued, campaign_id=standing.id, since=since)
            out = Outgoing(
                project=project,
                standing=standing,
                channel=channel,
                recipient=recipient,
                entered_as=customer_id,
            )
            if reason := out.withholding_reason(past, now=now):
                told[reason.value] += 1
    return told


def _buyers(opened: Opened, whom: list[str]) -> float:
    made = opened.build.manifest.tables.get("purchases")
    if not whom or made is None or made.failed:
        return 0.0
    rows = opened.table("purchases")
    first = opened.build.manifest.as_of - timedelta(days=_DAYS)
    bought = rows.filter((rows.kind == "goods") & ~rows.is_return & (rows.day > first))
    buyers = set(bought.select("customer_id").distinct().to_pyarrow()["customer_id"].to_pylist())
    return len(buyers.intersection(whom)) / len(whom)


def _summary(connection: Any, standing: Standing) -> CampaignSummary:
    came: Counter[str] = Counter()
    for (status, _reason), number in campaigns.came_of(connection, standing.id).items():
        came[status] += number
    return CampaignSummary(
        name=standing.name, status=standing.status, since=standing.since, channel=standing.campaign.channel,
        audience=standing.campaign.audience, sent=came[MessageStatus.SENT],
        withheld=came[MessageStatus.WITHHELD], refused=came[MessageStatus.REFUSED],
        control=campaigns.arms(connection, standing.id).get(CONTROL, 0),
    )  # fmt: skip


def reasons(came: Mapping[tuple[str, str | None], int]) -> dict[str, int]:
    """Why messages were withheld, the most frequent first."""
    found = {reason or "": n for (status, reason), n in came.items() if status == MessageStatus.WITHHELD}
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _waiting(connection: Any, number: int) -> int:
    open_ = due_work.c.ended_at.is_(None) & (due_work.c.kind == "message")
    mine = due_work.c.key.startswith(key_of(number, ""), autoescape=True)
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(due_work).where(open_ & mine)).scalar_one()
    )


def together(project: Project, *, viewer: Viewer) -> CampaignsTogether:
    """What all campaigns have brought beside those whom none reaches, by the current build."""
    viewer.require(Capability.SEE)
    share, rows = project.settings.global_holdout, _of_build(project, holdout_results.name)
    if rows is None:
        return CampaignsTogether(global_holdout=share, sentence=_(_NO_BUILD), results=())
    said = insights.sentences(TableAsSeen(project.open(), holdout_results, viewer.sees_personal))
    told = rows.order_by("metric").to_pyarrow().to_pylist()
    return CampaignsTogether(global_holdout=share, sentence=" ".join(said), results=tuple(told))


_NO_BUILD = N_("No build tells yet what campaigns bring together: it is made with the table holdout_results.")


def results(project: Project, name: str) -> tuple[Mapping[str, Any], ...]:
    """What the current build can tell of its effect; nothing before one has read the books."""
    rows = _of_build(project, campaign_results.name)
    if rows is None:
        return ()
    mine = rows.filter((rows.source == "shuke") & (rows.campaign_id == name))
    return tuple(mine.order_by("metric").to_pyarrow().to_pylist())


def _of_build(project: Project, name: str) -> ir.Table | None:
    """A table of the current build; none where there is no build, or the table is not in it."""
    if not project.builds.pointed:
        return None
    opened = project.open()
    made = opened.build.manifest.tables.get(name)
    return None if made is None or made.failed else opened.table(name)
