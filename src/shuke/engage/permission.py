"""Permission: may this customer be written to, about this, by this way, now?

Nobody is written to for marketing who has not said yes. What they said is asked at the moment of sending: of
the build, and of what has been said since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shuke.profiles.consent_states import ANY
from shuke.tables.permissions import MARKETING

#: Channels for which a yes to any channel is not enough: the law asks for one to this very way.
EXPRESS = frozenset({"sms", "phone"})

#: The purpose of what a customer is told because they bought or asked: it takes no consent.
SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a customer said once; `since` is aware, or none where nobody knows when."""

    purpose: str
    channel: str
    granted: bool
    since: datetime | None = None


def is_permitted(statements: Iterable[Consent], *, purpose: str, channel: str) -> bool:
    """Whether what a customer said permits a message of that purpose by that way.

    Of what was said of the channel and of any channel the newest counts, and of equals the no. A no without
    a date holds against every yes.
    """
    if purpose == SERVICE:
        return True
    of_it = [c for c in statements if c.purpose == purpose and c.channel in (channel, ANY)]
    if any(not c.granted and c.since is None for c in of_it):
        return False
    dated = [c for c in of_it if c.since is not None]
    newest = max((c.since for c in dated if c.since), default=None)
    last = [c for c in dated if c.since == newest] or of_it
    if not last or not all(c.granted for c in last):
        return False
    return channel not in EXPRESS or any(c.granted and c.channel == channel for c in of_it)


__all__ = ["ANY", "EXPRESS", "MARKETING", "SERVICE", "Consent", "is_permitted"]
