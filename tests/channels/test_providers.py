"""What providers tell of messages, in their own words, and that nobody else can tell it."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from shuke.channels.callback import Callback, MessageEventKind, WrongSignature, hmac_of
from shuke.channels.providers import PROVIDERS, amazon_ses, mailgun, own, sendgrid
from shuke.errors import WrongCall

SENT_AS = "<0123@tea.example>"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Kind = MessageEventKind


def told(callback: Callback, secret: str, provider: Any) -> list[tuple[str, str, str]]:
    return [(e.reference, e.kind, e.address) for e in provider.events(callback, secret)]


def test_a_program_of_ones_own_signs_what_it_tells() -> None:
    body = json.dumps(
        {
            "events": [
                {"message": SENT_AS, "event": "bounced", "at": NOON.isoformat(), "address": "a@b.example"}
            ]
        }
    ).encode()
    signed = Callback(body, {own.SIGNATURE: f"sha256={hmac_of(body, 'secret')}"})
    assert told(signed, "secret", own) == [(SENT_AS, "bounced", "a@b.example")]
    for forged in (Callback(body + b" ", signed.headers), Callback(body, {})):
        with pytest.raises(WrongSignature):
            own.events(forged, "secret")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"events": 1}', b'{"events": [1]}', b'{"events": [{"message": "m", "event": "eaten"}]}',
     b'{"events": [{"message": "m", "event": "opened", "at": "noon"}]}',
     b'{"events": [{"event": "opened", "at": 1}]}', b"[" * 100_000],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(body: bytes) -> None:
    with pytest.raises(WrongCall):
        own.events(Callback(body, {}), "")


def sendgrid_post(events: list[dict[str, Any]]) -> tuple[Callback, str]:
    """As SendGrid signs it, and the public key as it shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    body = json.dumps(events).encode()
    signature = base64.b64encode(key.sign(b"1796126400" + body, ec.ECDSA(hashes.SHA256())))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    headers = {
        "x-twilio-email-event-webhook-signature": signature.decode(),
        "x-twilio-email-event-webhook-timestamp": "1796126400",
    }
    return Callback(body, headers), base64.b64encode(public).decode()


def test_sendgrid_is_understood_and_cannot_be_forged() -> None:
    common = {"email": "ann@home.example", "timestamp": 1796126400, sendgrid.ARGUMENT: SENT_AS}
    named = {"email": "ann@home.example", "timestamp": 1796126400, "smtp-id": SENT_AS}
    callback, key = sendgrid_post(
        [
            named | {"event": "delivered", "sg_event_id": "1"},
            common | {"event": "open", "sg_event_id": "2"},
            common | {"event": "open", "sg_event_id": "3", "sg_machine_open": True},
            common | {"event": "click", "sg_event_id": "4", "url": "https://tea.example"},
            named | {"event": "bounce", "type": "bounce", "sg_event_id": "5"},
            named | {"event": "bounce", "type": "blocked", "sg_event_id": "6"},
            common | {"event": "processed", "sg_event_id": "7"},
            {"event": "open", "timestamp": 1, "sg_event_id": "8"},
        ]
    )
    assert [kind for _, kind, _ in told(callback, key, sendgrid)] == [
        "delivered", "opened", "clicked", "bounced", "soft_bounced",
    ]  # fmt: skip
    assert {reference for reference, _, _ in told(callback, key, sendgrid)} == {SENT_AS}
    other = sendgrid_post([])[1]
    for forged, by in ((Callback(callback.body, {}), key), (callback, other), (callback, "x" * 8)):
        with pytest.raises(WrongSignature):
            sendgrid.events(forged, by)


def mailgun_post(event: dict[str, Any], *, secret: str = "signing") -> Callback:
    message = {"headers": {"message-id": SENT_AS.strip("<>")}}
    data = {"timestamp": 1796126400.5, "recipient": "ann@home.example", "message": message, **event}
    signature = {"timestamp": "1796126400", "token": "t1", "signature": hmac_of(b"1796126400t1", secret)}
    return Callback(json.dumps({"signature": signature, "event-data": data}).encode(), {})


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "delivered"}, Kind.DELIVERED),
        ({"event": "failed", "severity": "permanent"}, Kind.BOUNCED),
        ({"event": "failed", "severity": "temporary"}, Kind.SOFT_BOUNCED),
        ({"event": "complained"}, Kind.COMPLAINED),
        ({"event": "unsubscribed"}, Kind.UNSUBSCRIBED),
    ],
)
def test_mailgun_is_understood_and_cannot_be_forged(event: dict[str, Any], kind: Kind) -> None:
    assert told(mailgun_post(event), "signing", mailgun) == [(SENT_AS, kind, "ann@home.example")]
    with pytest.raises(WrongSignature):
        mailgun.events(mailgun_post(event, secret="guessed"), "signing")
    assert mailgun.events(mailgun_post({"event": "accepted"}), "signing") == []


TOPIC = "arn:aws:sns:eu-west-1:123456789012:letters"
CERTIFICATE = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem"
)


class Amazon:
    """Signs as Amazon SNS does, with a certificate that it shows."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        made = made.public_key(self.key.public_key()).serial_number(1)
        made = made.not_valid_before(NOON).not_valid_after(NOON + timedelta(days=1))
        signed = made.sign(self.key, hashes.SHA256())
        self.certificate = signed.public_bytes(serialization.Encoding.PEM)
        self.fetched: list[str] = []

    def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        return self.certificate

    def post(self, message: object, **further: str) -> Callback:
        content = message if isinstance(message, str) else json.dumps(message)
        envelope = {
            "Type": "Notification", "MessageId": "n1", "TopicArn": TOPIC, "Message": content,
            "Timestamp": "2026-11-21T12:00:00.000Z", "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
            **further,
        }  # fmt: skip
        names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
        if envelope["Type"] != "Notification":
            names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        signed = "".join(f"{name}\n{envelope[name]}\n" for name in names).encode()
        digest = hashes.SHA256() if envelope["SignatureVersion"] == "2" else hashes.SHA1()
        signature = self.key.sign(signed, padding.PKCS1v15(), digest)
        envelope["Signature"] = base64.b64encode(signature).decode()
        return Callback(json.dumps(envelope).encode(), {})


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Amazon:
    made = Amazon()
    monkeypatch.setattr(amazon_ses, "_fetched", made.fetch)
    return made


def ses(event: str, **detail: object) -> dict[str, object]:
    mail = {
        "timestamp": "2026-11-21T11:59:00.000Z", "messageId": "0102",
        "headers": [{"name": "From", "value": "news@tea.example"}, {"name": "Message-ID", "value": SENT_AS}],
    }  # fmt: skip
    name = event[0].lower() + event[1:]
    return {"eventType": event, "mail": mail, name: {"timestamp": "2026-11-21T12:00:00.000Z", **detail}}


@pytest.mark.parametrize("version", ["1", "2"])
def test_amazon_ses_is_understood(amazon: Amazon, version: str) -> None:
    gone = ses("Bounce", bounceType="Permanent", bouncedRecipients=[{"emailAddress": "ann@home.example"}])
    full = ses("Bounce", bounceType="Transient", bouncedRecipients=[{"emailAddress": "ann@home.example"}])
    post = amazon.post(gone, SignatureVersion=version)
    assert told(post, TOPIC, amazon_ses) == [(SENT_AS, "bounced", "ann@home.example")]
    assert [kind for _, kind, _ in told(amazon.post(full), TOPIC, amazon_ses)] == ["soft_bounced"]
    assert told(amazon.post(ses("Delivery")), TOPIC, amazon_ses) == [(SENT_AS, "delivered", "")]
    assert told(amazon.post(ses("Click", link="https://tea.example")), TOPIC, amazon_ses)[0][1] == "clicked"
    assert amazon_ses.events(amazon.post("Successfully validated SNS topic"), TOPIC) == []


def test_nobody_is_taken_for_amazon(amazon: Amazon) -> None:
    well = amazon.post(ses("Delivery"))
    changed = Callback(well.body.replace(b"0102", b"0103"), {})
    host, _, name = CERTIFICATE.rpartition("/")
    elsewhere = [
        amazon.post(ses("Delivery"), SigningCertURL=place)
        for place in (
            f"{host}.evil.example/{name}", f"{host}/?Action=GetTopicAttributes&TopicArn=mine",
            f"{host}/mine/{name}", f"{host}/{name}?", CERTIFICATE.replace("https", "http"),
        )
    ]  # fmt: skip
    other_topic = amazon.post(ses("Delivery"), TopicArn=TOPIC + "-of-another")
    for forged in (changed, *elsewhere, other_topic, Callback(b"{}", {})):
        with pytest.raises(WrongSignature):
            amazon_ses.events(forged, TOPIC)
    assert set(amazon.fetched) == {CERTIFICATE}


def test_a_subscription_of_the_topic_is_confirmed_at_amazon_alone(amazon: Amazon) -> None:
    place = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    asked = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": place}
    assert amazon_ses.events(amazon.post("You have chosen to subscribe", **asked), TOPIC) == []
    assert amazon.fetched == [CERTIFICATE, place]
    for wrong in ("http://10.0.0.1/", "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&TopicArn=t"):
        with pytest.raises(WrongSignature):
            amazon_ses.events(amazon.post("…", **{**asked, "SubscribeURL": wrong}), TOPIC)


#: What providers call the parts of what they tell, so that some of what is made up comes close to it.
NAMES = st.sampled_from(
    "Type Message SubscribeURL TopicArn SigningCertURL SignatureVersion mail headers eventType bounce "
    "bouncedRecipients name value event-data event signature message timestamp severity events id at email "
    "smtp-id type address".split()
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(
    ["Notification", "SubscriptionConfirmation", "Bounce", "bounce", "failed", "Message-ID", SENT_AS, TOPIC]
)  # fmt: skip
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20)


@given(told=JSON, secret=st.sampled_from(["", TOPIC]), name=st.sampled_from(sorted(PROVIDERS)))
def test_whatever_is_told_is_understood_or_refused(told: object, secret: str, name: str) -> None:
    nested = {"Type": "Notification", "Message": json.dumps(told), "TopicArn": TOPIC}
    for body in (told, nested, [told]):
        with suppress(WrongCall, WrongSignature):
            PROVIDERS[name](Callback(json.dumps(body).encode(), {}), secret)
