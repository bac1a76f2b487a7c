"""Amazon SES: what does it tell through Amazon SNS, and did Amazon sign it?

The secret is the ARN of the topic. Amazon signs with a certificate that it shows under an address of its own;
a subscription of that topic to our address is confirmed by itself. SES calls letters by an id of its own, and
repeats the headers that they had.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from shuke.channels.callback import (
    Callback,
    MessageEvent,
    MessageEventKind,
    NotUnderstood,
    WrongSignature,
    document,
    listed,
    message_id,
    moment,
    text,
)
from shuke.channels.posted import PATIENCE

_SNS = r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?/"

#: Where Amazon shows its certificates. In what else that host answers others have a hand: what it says of
#: a topic repeats what its owner wrote, which may be a certificate.
_CERTIFICATE = re.compile(_SNS + r"SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")

#: Where a subscription is confirmed.
_CONFIRMATION = re.compile(_SNS + r"\?Action=ConfirmSubscription&\S*")

#: What is signed of each kind of message, in this order.
_NOTICE = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

_KINDS = {
    "Delivery": MessageEventKind.DELIVERED,
    "Open": MessageEventKind.OPENED,
    "Click": MessageEventKind.CLICKED,
    "DeliveryDelay": MessageEventKind.SOFT_BOUNCED,
    "Bounce": MessageEventKind.BOUNCED,
    "Complaint": MessageEventKind.COMPLAINED,
    "Subscription": MessageEventKind.UNSUBSCRIBED,
}
_WHOM = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}


def events(callback: Callback, secret: str) -> list[MessageEvent]:
    envelope = callback.document
    if not isinstance(envelope, Mapping):
        raise NotUnderstood
    if secret:
        _verify(envelope, secret)
    if text(envelope, "Type") == "SubscriptionConfirmation":
        _confirm(str(envelope.get("SubscribeURL")))
        return []
    try:
        told = document(str(envelope.get("Message")).encode(errors="replace"))
    except NotUnderstood:
        return []  # the greeting of a topic is no JSON
    return list(_events(told, text(envelope, "MessageId")))


def _events(told: Any, number: str) -> Iterator[MessageEvent]:
    event = text(told, "eventType") or text(told, "notificationType")
    reference = _sent_as(told)
    if event not in _KINDS or not reference:
        return
    detail = told.get(event[0].lower() + event[1:])
    kind = _KINDS[event]
    if event == "Bounce" and text(detail, "bounceType") != "Permanent":
        kind = MessageEventKind.SOFT_BOUNCED
    at = moment(text(detail, "timestamp") or text(told, "mail", "timestamp"))
    whom = [text(each, "emailAddress") for each in listed(detail, _WHOM.get(event, ""))] or [""]
    for nth, address in enumerate(whom):
        yield MessageEvent(key=f"ses {number} {nth}", reference=reference, kind=kind, at=at, address=address)


def _sent_as(told: Any) -> str:
    """The `Message-ID` that the letter had when SES was handed it."""
    headers = listed(told, "mail", "headers")
    named = {text(each, "name").lower(): text(each, "value") for each in headers}
    return message_id(named.get("message-id", ""))


def _verify(envelope: Any, topic: str) -> None:
    # a tenth of a second that only a server waits for to which Amazon reports
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    address = text(envelope, "SigningCertURL")
    if text(envelope, "TopicArn") != topic or not _CERTIFICATE.fullmatch(address):
        raise WrongSignature
    # Topics sign with SHA-1 unless they are told to use version 2; the choice is the account's, not ours.
    digest = SHA256() if text(envelope, "SignatureVersion") == "2" else SHA1()
    try:
        key = _key(address)
        if not isinstance(key, RSAPublicKey):
            raise WrongSignature
        key.verify(base64.b64decode(text(envelope, "Signature")), _signed(envelope), PKCS1v15(), digest)
    except (InvalidSignature, ValueError):
        raise WrongSignature from None


def _signed(envelope: Mapping[str, Any]) -> bytes:
    names = _NOTICE if text(envelope, "Type") == "Notification" else _SUBSCRIPTION
    return "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope).encode()


def _key(address: str) -> Any:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(_fetched(address)).public_key()


@lru_cache(maxsize=20)
def _fetched(address: str) -> bytes:
    """What stands at an address of Amazon's."""
    import requests  # a tenth of a second that only a server waits for to which Amazon reports

    try:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException:
        raise WrongSignature from None
    if answer.status_code != 200:
        raise WrongSignature
    return answer.content


def _confirm(address: str) -> None:
    if not _CONFIRMATION.fullmatch(address):
        raise WrongSignature
    _fetched(address)
