"""Message: what leaves the house, and what may come of the attempt?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from shuke.errors import ShukeError
from shuke.languages import Language


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one address, rendered.

    `key` is the same whenever the same message is sent again, for the receiver to know it by: a worker that
    dies after a message left the house, and before the books say so, sends it once more.
    """

    key: str
    to: str = ""  # the address on this channel; empty where the channel itself is the address
    subject: str = ""
    text: str = ""
    html: str = ""
    language: Language = "en"
    unsubscribe: str = ""  # the address where the reader ends it; empty where there is nothing to end
    is_marketing: bool = False
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What the message is about, for programs that receive it."""


class NotSent(ShukeError):
    """A message did not leave the house; its text names no address. May well leave it later."""


class Refused(NotSent):
    """This message will never be taken, such as by an address that does not exist."""


class Channel(Protocol):
    """A way out. `writes_to` is the kind of identifier that is an address on it; empty where none is;
    `consent` what customers consent to who may be written to by it, as `profiles.consent_states` calls
    channels.
    """

    @property
    def writes_to(self) -> str: ...

    @property
    def consent(self) -> str: ...

    def send(self, message: Message) -> str:
        """Hand the message over; returns what the receiver calls it. Raises `NotSent` or `Refused`."""
        ...
