"""Webhook: how does another program hear of something, and know that it was us?"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from shuke.channels.message import Message
from shuke.channels.posted import post


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A POST of JSON whose body is signed: `X-Shuke-Signature: sha256=` and the HMAC of the body in hex.

    The `Idempotency-Key` is the message's key, for a receiver to take nothing twice.
    """

    url: str
    secret: str = ""

    kind: ClassVar[str] = "webhook"
    writes_to: ClassVar[str] = ""
    consent: ClassVar[str] = "any"

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname:
            raise ValueError("url")

    def send(self, message: Message) -> str:
        told = {
            "key": message.key, "to": message.to, "subject": message.subject, "text": message.text,
            "language": message.language, **message.facts,
        }  # fmt: skip
        body = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if self.secret:
            headers["X-Shuke-Signature"] = signature(body, self.secret)
        post(self.url, data=body, headers=headers)
        return message.key


def signature(body: bytes, secret: str) -> str:
    """What the header of a body says that was signed with a secret."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
