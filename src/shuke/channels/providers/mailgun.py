"""Mailgun: what do its webhooks tell, and did Mailgun sign them?

The signature stands in the body: the HMAC of a timestamp and a token, by the account's "HTTP webhook signing
key". It does not cover what is told, so a token counts once.
"""

from shuke.channels.callback import (
    Callback,
    MessageEvent,
    MessageEventKind,
    hmac_of,
    message_id,
    moment,
    must_be,
    text,
)

_KINDS = {
    "delivered": MessageEventKind.DELIVERED,
    "opened": MessageEventKind.OPENED,
    "clicked": MessageEventKind.CLICKED,
    "failed": MessageEventKind.BOUNCED,
    "complained": MessageEventKind.COMPLAINED,
    "unsubscribed": MessageEventKind.UNSUBSCRIBED,
}


def events(callback: Callback, secret: str) -> list[MessageEvent]:
    told = callback.document
    token = text(told, "signature", "token")
    if secret:
        signed = f"{text(told, 'signature', 'timestamp')}{token}".encode()
        must_be(text(told, "signature", "signature"), hmac_of(signed, secret))
    event = text(told, "event-data", "event")
    reference = message_id(text(told, "event-data", "message", "headers", "message-id"))
    if event not in _KINDS or not reference:
        return []
    passes = text(told, "event-data", "severity") == "temporary"
    kind = MessageEventKind.SOFT_BOUNCED if event == "failed" and passes else _KINDS[event]
    address = text(told, "event-data", "recipient")
    at = moment(told["event-data"].get("timestamp"))
    return [MessageEvent(key=f"mailgun {token}", reference=reference, kind=kind, at=at, address=address)]
