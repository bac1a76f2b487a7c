"""Outgoing: what would a campaign say to this customer, and what keeps it back?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shuke.analyses.campaign_arms import CONTROL, GLOBAL
from shuke.app import Project
from shuke.channels.message import Channel, Message
from shuke.engage import unsubscribing
from shuke.engage.books import Past, WithholdingReason
from shuke.engage.campaigns import Standing
from shuke.engage.content import Facts, language_of, rendered
from shuke.engage.permission import is_permitted
from shuke.engage.quiet_hours import zones_of
from shuke.views.recipients import Recipient

#: What stands for a coupon where none is given out, as in a preview.
SAMPLE = "XXXX-XXXX-XXXX"


def key_of(campaign_id: int, customer_id: str) -> str:
    """By which a message of a campaign is known to us, and to who receives it."""
    return f"{campaign_id}:{customer_id}"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message of a campaign to one customer, who may go by another id by now than they entered with."""

    project: Project
    standing: Standing
    channel: Channel
    recipient: Recipient
    entered_as: str
    step_key: str = ""  # of an automation's, which may write to them more than once

    @property
    def key(self) -> str:
        return self.step_key or key_of(self.standing.id, self.entered_as)

    @property
    def address(self) -> str | None:
        """Where the channel reaches them; none where it does not."""
        return self.recipient.address(self.channel.writes_to, country=self.project.settings.country)

    def withholding_reason(self, past: Past, *, now: datetime) -> WithholdingReason | None:
        """Why they are left alone, the address aside; none where nothing speaks against it."""
        campaign, recipient = self.standing.campaign, self.recipient
        said = (*recipient.consents, *past.consents)
        bought_since = now.date() - timedelta(days=campaign.silent_days or 0)
        bought = recipient.last_bought is not None and recipient.last_bought >= bought_since
        permitted = is_permitted(said, purpose=campaign.purpose, channel=self.channel.consent)
        speaks_against = {
            WithholdingReason.ALREADY: past.was_written and not self.step_key,
            WithholdingReason.HELD_OUT: bool(past.arms & {CONTROL, GLOBAL}),
            WithholdingReason.NO_CONSENT: not permitted,
            WithholdingReason.NO_ADDRESS: self.address is None,
            WithholdingReason.COMPLAINT: campaign.is_marketing and recipient.waits,
            WithholdingReason.CAPPED: campaign.is_marketing and past.sent >= campaign.cap,
            WithholdingReason.SILENT: campaign.silent_days is not None and not bought,
        }
        return next((reason for reason, holds in speaks_against.items() if holds), None)

    def awake_at(self, now: datetime) -> datetime:
        """`now`, or when the customer may be disturbed."""
        campaign = self.standing.campaign
        if campaign.quiet is None or not campaign.is_marketing:
            return now
        zones = zones_of(self.recipient.golden.get("country"), home=self.project.settings.zone)
        return campaign.quiet.wake(now, zones)

    def message(self, *, to: str | None = None, coupon: str = SAMPLE) -> Message:
        """As it leaves the house, or as a test goes `to` another address; raises `WrongCall`."""
        campaign, settings = self.standing.campaign, self.project.settings
        language, content = campaign.content_in(language_of(self.recipient.golden, home=settings.language))
        facts = Facts(
            customer=self.recipient.golden, company=settings.name, unsubscribe=self._link,
            recommendations=self.recipient.recommendations, coupon=coupon if campaign.offer else "",
        )  # fmt: skip
        words = rendered(content, facts)
        return Message(
            key=self.key, to=(self.address or "") if to is None else to, subject=words.subject,
            text=words.text, html=words.html, language=language, unsubscribe=self._link,
            is_marketing=campaign.is_marketing,
            facts={"campaign": self.standing.name, "customer_id": self.recipient.customer_id},
        )  # fmt: skip

    @property
    def _link(self) -> str:
        campaign, settings = self.standing.campaign, self.project.settings
        if not (campaign.is_marketing and settings.address):
            return ""
        link = unsubscribing.Link(
            customer_id=self.entered_as, purpose=campaign.purpose, channel=self.channel.consent
        )
        return f"{settings.address.rstrip('/')}/u/{unsubscribing.token(link, key=self.project.key)}"
