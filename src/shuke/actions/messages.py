"""Messages: how does a message of a campaign leave the house, and who is left alone after all?

Everything that may keep a message back is asked at the moment of sending: what the customer has said by any
door until then; complaints, caps and quiet hours; who they are by now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from shuke.access.audit import Actor
from shuke.actions.work import Books, Each, Kind, Later
from shuke.app import Project
from shuke.channels.email import Email
from shuke.channels.opened import open_channel, per_minute
from shuke.engage import books, campaigns, coupons, offers, turns
from shuke.engage.books import Entry, MessageStatus, Past, WithholdingReason
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.coupons import Issued
from shuke.engage.tracking import Tracking
from shuke.store import due_work
from shuke.store.due_work import Due
from shuke.views.offers import opted_out
from shuke.views.outgoing import Outgoing, key_of
from shuke.views.recipients import Recipient, recipients

#: The kind of due work that one message is.
MESSAGE = "message"

#: Who gives out the coupons that messages carry.
_WORKER = Actor("campaign", "worker")

#: How long a message of a campaign that was paused waits before it is asked about again.
_PAUSE = timedelta(minutes=5)


@dataclass
class Sending:
    """The messages that one worker has taken, with what they need looked up at once."""

    project: Project
    taken: Sequence[Due]

    def one(self, due: Due, now: datetime) -> Books:
        return self.send(self._standing(due), due, now)

    def send(self, standing: Standing, due: Due, now: datetime, *, step_key: str = "") -> Books:
        """Send what a campaign says by now, or say why not; an automation's are known by a `step_key`."""
        if standing.status is CampaignStatus.CANCELLED:
            return written(standing, due, MessageStatus.WITHHELD, now, reason=WithholdingReason.CANCELLED)
        if standing.status is not CampaignStatus.SENDING:
            raise Later(now + _PAUSE)
        entered_as = str(due.payload["customer"])
        recipient = self.recipients.get(entered_as)
        if recipient is None:
            return written(standing, due, MessageStatus.WITHHELD, now, reason=WithholdingReason.UNKNOWN)
        channel = open_channel(self.project.settings.channels, standing.campaign.channel)
        outgoing = Outgoing(
            project=self.project,
            standing=standing,
            channel=channel,
            recipient=recipient,
            entered_as=entered_as,
            step_key=step_key,
        )
        whom = recipient.customer_id
        if reason := outgoing.withholding_reason(self._past(outgoing, now), now=now) or self._suppressed(
            outgoing
        ):
            return written(standing, due, MessageStatus.WITHHELD, now, whom=whom, reason=reason)
        if (awake := outgoing.awake_at(now)) > now:
            raise Later(awake)
        coupon = ""
        if standing.campaign.offer:
            coupon, reason = self._coupon(standing, entered_as, now, again=step_key)
            if reason:
                return written(standing, due, MessageStatus.WITHHELD, now, whom=whom, reason=reason)
        self._take_turn(standing.campaign.channel, due.key, now)
        message = outgoing.message(coupon=coupon)
        reference = channel.send(self._tracking.of(message) if isinstance(channel, Email) else message)
        return written(standing, due, MessageStatus.SENT, now, whom=whom, reference=reference)

    @cached_property
    def recipients(self) -> dict[str, Recipient]:
        return recipients(self.project.open(), {str(due.payload["customer"]) for due in self.taken})

    def _take_turn(self, channel: str, key: str, now: datetime) -> None:
        """Wait for the message's turn where the channel takes so many a minute, whoever sends them."""
        rate = per_minute(self.project.settings.channels, channel)
        if rate is None:
            return
        with self.project.operations.writing() as connection:
            turn = turns.take(connection, channel, key, per_minute=rate, now=now)
        if turn > now:
            raise Later(turn)

    @property
    def _tracking(self) -> Tracking:
        told = self.project.settings
        return Tracking(
            clicks=told.track_clicks, opens=told.track_opens, address=told.address, key=self.project.key
        )

    def _standing(self, due: Due) -> Standing:
        with self.project.operations.reading() as connection:
            return campaigns.by_id(connection, due.payload["campaign"])

    def _past(self, outgoing: Outgoing, now: datetime) -> Past:
        standing = outgoing.standing
        since = now - timedelta(days=standing.campaign.cap_days)
        with self.project.operations.reading() as connection:
            return books.past(connection, outgoing.recipient.issued, campaign_id=standing.id, since=since)

    def _coupon(
        self, standing: Standing, customer_id: str, now: datetime, *, again: str
    ) -> tuple[str, WithholdingReason | None]:
        """A code of their own, or why they get none; who is written to once more gets another instead.

        Who has redeemed theirs gets a new one `again` on another occasion of an automation.
        """
        issued = self._issued(standing, customer_id, standing.name, now)
        if again and issued.redeemed:
            issued = self._issued(standing, customer_id, f"{standing.name}{coupons.AGAIN}{again}", now)
        if customer_id in issued.left_out:
            return "", WithholdingReason.OPTED_OUT
        return issued.codes.get(customer_id, ""), None if issued.codes else WithholdingReason.ALREADY

    def _issued(self, standing: Standing, customer_id: str, occasion: str, now: datetime) -> Issued:
        assert standing.campaign.offer
        with self.project.operations.writing() as connection:
            return coupons.issue(
                connection, offers.get(connection, standing.campaign.offer), [customer_id],
                occasion=occasion, key=self.project.key, by=_WORKER, now=now, opted_out=self._opted_out,
            )  # fmt: skip

    @cached_property
    def _opted_out(self) -> frozenset[str]:
        return frozenset(opted_out(self.project))

    def _suppressed(self, outgoing: Outgoing) -> WithholdingReason | None:
        if not outgoing.address:
            return None
        digest = books.digest(outgoing.address, key=self.project.key)
        with self.project.operations.reading() as connection:
            return WithholdingReason.SUPPRESSED if books.is_suppressed(connection, digest) else None


def end_where_done(connection: sa.Connection, campaign_id: int, *, now: datetime) -> None:
    """A campaign of which no message waits any more, and that takes nobody in any more, is done."""
    standing = campaigns.by_id(connection, campaign_id)
    if standing.automation or standing.campaign.is_open(now):
        return  # it goes on
    if standing.status is CampaignStatus.SENDING and not due_work.is_waiting(
        connection, MESSAGE, prefix=key_of(campaign_id, "")
    ):
        campaigns.move(connection, standing, CampaignStatus.DONE, who=None, now=now)


def written(
    standing: Standing,
    due: Due,
    status: MessageStatus,
    now: datetime,
    *,
    whom: str | None = None,
    reason: str | None = None,
    reference: str | None = None,
) -> Books:
    """Writes into the books what has become of a message."""
    entry = Entry(
        key=due.key, campaign_id=standing.id, customer_id=whom or str(due.payload["customer"]),
        channel=standing.campaign.channel, is_marketing=standing.campaign.is_marketing, status=status,
        reason=reason, reference=reference, at=now,
    )  # fmt: skip

    def write(connection: sa.Connection) -> None:
        books.enter(connection, entry)
        end_where_done(connection, standing.id, now=now)

    return write


def _open(project: Project, taken: Sequence[Due], _now: datetime) -> Each:
    return Sending(project, taken).one


def _give_up(connection: sa.Connection, due: Due, why: str, now: datetime) -> None:
    """The receiver refused it, or could not be reached for two days."""
    standing = campaigns.by_id(connection, due.payload["campaign"])
    written(standing, due, MessageStatus.REFUSED, now, reason=why)(connection)


KIND = Kind(MESSAGE, _open, _give_up)
