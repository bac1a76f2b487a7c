"""Unsubscribing: whose link is this, and what does it end?"""

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from shuke.errors import WrongCall
from shuke.languages import N_

_SALT = "shuke.unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link in a message ends: messages of a purpose to a customer by a channel."""

    customer_id: str
    purpose: str
    channel: str


def token(link: Link, *, key: bytes) -> str:
    """What stands in the address: nobody can make one without the project's key, and it never expires."""
    return str(URLSafeSerializer(key, salt=_SALT).dumps([link.customer_id, link.purpose, link.channel]))


def read(text: str, *, key: bytes) -> Link:
    """The link of a token; raises `WrongCall` where we did not make it."""
    try:
        customer_id, purpose, channel = URLSafeSerializer(key, salt=_SALT).loads(text)
    except (BadData, ValueError, TypeError):
        raise WrongCall(N_("This link is not valid.")) from None
    return Link(customer_id=customer_id, purpose=purpose, channel=channel)
