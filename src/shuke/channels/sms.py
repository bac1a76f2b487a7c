"""SMS: how does a text reach a telephone, and what will it cost?"""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar
from urllib.parse import urlsplit

from shuke.channels.message import Message, Refused
from shuke.channels.posted import post
from shuke.languages import N_, Text

#: Characters of one message alone, and of each part of a longer one, in the two alphabets of GSM 03.38 / 3GPP
#: 23.038: 7-bit, and UCS-2, in which Chinese is written.
_PLAIN, _UNICODE = (160, 153), (70, 67)

#: The 7-bit alphabet; the second line takes two places each.
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = "\f^{}\\[~]|€"

#: How a reader ends it; said in every marketing text.
OPT_OUT = Text("Reply STOP to opt out", "拒收请回复R")

MAX_PARTS = 8


@dataclass(frozen=True, kw_only=True)
class Sms:
    """Over a provider's HTTP interface that takes JSON: `to`, `text` and `key`, with a bearer token.

    A text begins with the sender's `signature` in 【】, as China's carriers ask, and a marketing text
    ends with how to opt out.
    """

    url: str
    token: str = ""
    signature: str = ""

    kind: ClassVar[str] = "sms"
    writes_to: ClassVar[str] = "phone"
    consent: ClassVar[str] = "sms"

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname:
            raise ValueError("url")

    def send(self, message: Message) -> str:
        text = self.written(message)
        if parts(text) > MAX_PARTS:
            raise Refused(N_("The text takes more than {parts} parts."), parts=MAX_PARTS)
        headers = {"Idempotency-Key": message.key} | (
            {"Authorization": f"Bearer {self.token}"} if self.token else {}
        )
        post(self.url, json={"to": message.to, "text": text, "key": message.key}, headers=headers)
        return message.key

    def written(self, message: Message) -> str:
        """The text as it is sent."""
        said = f"【{self.signature}】{message.text}" if self.signature else message.text
        if not message.is_marketing:
            return said
        how = OPT_OUT.in_(message.language)
        return said if how in said else f"{said.rstrip()} {how}"


def parts(text: str) -> int:
    """How many messages a provider will charge for."""
    is_plain = all(character in _GSM or character in _GSM_TWICE for character in text)
    length = len(text.encode("utf-16-le")) // 2
    if is_plain:
        length += sum(character in _GSM_TWICE for character in text)
    alone, each = _PLAIN if is_plain else _UNICODE
    return 1 if length <= alone else ceil(length / each)
