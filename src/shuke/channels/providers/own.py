"""Own: what does a program of the company's own tell of messages, and of what customers answer?

POST, signed like what a webhook sends: `X-Shuke-Signature: sha256=` and the HMAC of the body in hex.

    {"events": [
        {"id": "e1", "message": "<…@tea.example>", "event": "delivered", "at": "2026-11-21T12:00:00Z"},
        {"id": "e2", "message": "…", "event": "bounced", "at": …, "address": "ann@home.example"}
    ]}
    {"replies": [{"from": "+447911100000", "text": "STOP", "at": "2026-11-21T12:00:00Z"}]}
"""

from collections.abc import Mapping
from typing import Any

from shuke.channels.callback import (
    Callback,
    MessageEvent,
    MessageEventKind,
    NotUnderstood,
    Reply,
    hmac_of,
    moment,
    must_be,
    text,
)
from shuke.errors import WrongCall
from shuke.languages import N_

SIGNATURE = "x-shuke-signature"


def events(callback: Callback, secret: str) -> list[MessageEvent]:
    return [_event(told) for told in rows(callback, secret, "events")]


def replies(callback: Callback, secret: str) -> list[Reply]:
    return [
        Reply(sender=text(given, "from"), text=text(given, "text"), at=moment(given.get("at")))
        for given in rows(callback, secret, "replies")
    ]


def rows(callback: Callback, secret: str, name: str) -> list[Mapping[str, Any]]:
    """The objects of the list of that name."""
    if secret:
        must_be(callback.headers.get(SIGNATURE, ""), f"sha256={hmac_of(callback.body, secret)}")
    told = callback.document
    found = told.get(name) if isinstance(told, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise NotUnderstood
    return found


def _event(told: Mapping[str, Any]) -> MessageEvent:
    kind, reference = text(told, "event"), text(told, "message")
    if kind not in set(MessageEventKind) or not reference:
        raise WrongCall(
            N_("An event names a message, and one of: {kinds}."), kinds=", ".join(MessageEventKind)
        )
    at = moment(told.get("at"))
    return MessageEvent(
        key=text(told, "id") or f"{reference} {kind} {at.isoformat()}", reference=reference,
        kind=MessageEventKind(kind), at=at, address=text(told, "address"),
    )  # fmt: skip
