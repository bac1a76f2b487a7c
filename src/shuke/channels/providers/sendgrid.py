"""SendGrid: what does its Event Webhook tell, and did SendGrid sign it?

The signature is ECDSA over the timestamp and the body, the key the public one that SendGrid shows beside the
webhook ("Signed Event Webhook"). Openings and clicks do not repeat the `Message-ID`, so that letters carry it
as a unique argument (`X-SMTPAPI`).
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from shuke.channels.callback import (
    Callback,
    MessageEvent,
    MessageEventKind,
    WrongSignature,
    message_id,
    moment,
    text,
)

#: The header of a letter that SendGrid reads, and what we call the message in it.
HEADER, ARGUMENT = "X-SMTPAPI", "shuke_message"

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"

_KINDS = {
    "delivered": MessageEventKind.DELIVERED,
    "open": MessageEventKind.OPENED,
    "click": MessageEventKind.CLICKED,
    "deferred": MessageEventKind.SOFT_BOUNCED,
    "bounce": MessageEventKind.BOUNCED,
    "spamreport": MessageEventKind.COMPLAINED,
    "unsubscribe": MessageEventKind.UNSUBSCRIBED,
    "group_unsubscribe": MessageEventKind.UNSUBSCRIBED,
}


def header(reference: str) -> str:
    """What a letter tells SendGrid to repeat in every event."""
    return json.dumps({"unique_args": {ARGUMENT: reference}})


def events(callback: Callback, secret: str) -> list[MessageEvent]:
    if secret:
        _verify(callback, secret)
    told = callback.document
    found = [_event(each) for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []
    return [event for event in found if event]


def _event(told: Mapping[str, Any]) -> MessageEvent | None:
    reference = message_id(text(told, ARGUMENT) or text(told, "smtp-id"))
    if text(told, "event") not in _KINDS or not reference or told.get("sg_machine_open") is True:
        return None  # of a machine that opens every letter nothing is learnt about its reader
    kind = _KINDS[text(told, "event")]
    if kind is MessageEventKind.BOUNCED and text(told, "type") == "blocked":
        kind = MessageEventKind.SOFT_BOUNCED  # refused for now, such as for the sender's repute
    return MessageEvent(
        key=f"sendgrid {text(told, 'sg_event_id')}", reference=reference, kind=kind,
        at=moment(told.get("timestamp")), address=text(told, "email"),
    )  # fmt: skip


def _verify(callback: Callback, secret: str) -> None:
    # a tenth of a second that only a server waits for to which SendGrid reports
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    signed = callback.headers.get(_TIMESTAMP, "").encode() + callback.body
    try:
        key = load_der_public_key(base64.b64decode(secret))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise WrongSignature
        key.verify(base64.b64decode(callback.headers.get(_SIGNATURE, "")), signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        raise WrongSignature from None
