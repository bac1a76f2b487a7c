"""Callback: what does a provider tell us of messages that it was handed, and is it really the provider?"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from shuke.errors import Denied, WrongCall
from shuke.languages import N_

#: The longest thing that a provider is believed to call a message or an event.
_LONGEST = 500


class MessageEventKind(StrEnum):
    """What may become of a message after it left the house."""

    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    SOFT_BOUNCED = "soft_bounced"  # came back for now, such as from a full mailbox
    BOUNCED = "bounced"  # came back for good
    COMPLAINED = "complained"  # the reader called it spam
    UNSUBSCRIBED = "unsubscribed"  # by a way of the provider's own


@dataclass(frozen=True, kw_only=True)
class MessageEvent:
    """One thing that became of a message. `reference` is what the receiver calls the message, as `send` gave
    it; `key` what the event is known by, the same whenever it is told again.
    """

    key: str
    reference: str
    kind: MessageEventKind
    at: datetime  # aware
    address: str = ""  # of what bounced or was complained of


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What somebody answered to a message."""

    sender: str
    text: str
    at: datetime  # aware


@dataclass(frozen=True)
class Callback:
    """A request that says it is from a provider; the names of headers are in lower case."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def document(self) -> Any:
        """The body as JSON; raises `NotUnderstood`."""
        return document(self.body)


class WrongSignature(Denied):
    """This is not from whom it says that it is."""

    def __init__(self) -> None:
        super().__init__(N_("The signature of this request is missing or wrong."))


class NotUnderstood(WrongCall):
    """This is not in the words of whoever is said to have sent it."""

    def __init__(self) -> None:
        super().__init__(N_("The request is not the JSON that was expected."))


def document(body: bytes) -> Any:
    """JSON; raises `NotUnderstood`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood from None


def hmac_of(content: bytes, secret: str) -> str:
    """The HMAC (SHA-256) of something, in hex."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def must_be(given: object, expected: str) -> None:
    """Raises `WrongSignature` where a signature is not the one that was expected."""
    if not hmac.compare_digest(str(given).encode(), expected.encode()):
        raise WrongSignature


def text(given: Any, *path: str) -> str:
    """A text within JSON by the names that lead to it; empty where there is none.

    text({"mail": {"id": 7}}, "mail", "id")     "7"
    """
    found = _within(given, path)
    return "" if found is None or isinstance(found, Mapping | list) else str(found)[:_LONGEST]


def listed(given: Any, *path: str) -> list[Any]:
    """A list within JSON by the names that lead to it; empty where there is none."""
    found = _within(given, path)
    return found if isinstance(found, list) else []


def _within(given: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        given = given.get(name) if isinstance(given, Mapping) else None
    return given


def moment(given: object) -> datetime:
    """Seconds since 1970, or a moment in ISO 8601, UTC where it says no zone; raises `NotUnderstood`."""
    try:
        if isinstance(given, int | float):
            return datetime.fromtimestamp(given, UTC)
        found = datetime.fromisoformat(str(given))
    except (ValueError, OverflowError, OSError):
        raise NotUnderstood from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def message_id(given: str) -> str:
    """A `Message-ID` as a letter has it, in angle brackets."""
    return f"<{given.strip().strip('<>')}>" if given.strip() else ""
