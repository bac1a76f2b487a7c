"""Each way out, against a real server that listens on this machine."""

import csv
import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shuke.channels import sms
from shuke.channels.chat import Chat
from shuke.channels.email import Email
from shuke.channels.file import File
from shuke.channels.message import Message, NotSent, Refused
from shuke.channels.opened import check, kinds, open_channel
from shuke.channels.sms import Sms
from shuke.channels.webhook import Webhook, signature
from shuke.errors import WrongCall, WrongSettings
from tests.channels.listening import Mailbox, free_port, mail_server, web_server

SENDER = "茶馆 <news@tea.example>"
HELLO = Message(
    key="spring:C1", to="lin@home.example", subject="新茶到了", text="明前龙井", html="<b>明前龙井</b>",
    language="zh", is_marketing=True, unsubscribe="https://tea.example/u/abc", facts={"campaign": "spring"},
)  # fmt: skip


def test_a_letter_arrives_with_its_words_and_a_way_to_end_it() -> None:
    with mail_server() as box:
        reference = Email(server=box.address, sender=SENDER).send(HELLO)
    (letter,) = box.of("lin@home.example")
    assert letter["From"] == SENDER
    assert letter["Subject"] == "新茶到了"
    assert letter["List-Unsubscribe"] == "<https://tea.example/u/abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"] == reference
    plain, rich = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain and plain.get_content().strip() == "明前龙井"
    assert rich and "<b>明前龙井</b>" in rich.get_content()


def test_the_same_message_sent_twice_can_be_told_by_its_id() -> None:
    with mail_server() as box:
        way = Email(server=box.address, sender=SENDER)
        assert way.send(HELLO) == way.send(HELLO)
    assert len(box.letters) == 2
    assert len(box.of("lin@home.example")) == 1


def test_what_is_no_marketing_says_so_and_offers_no_way_out() -> None:
    letter = Email(server="smtp://mail.example", sender=SENDER).written(
        Message(key="receipt:1", to="lin@home.example", subject="Receipt", text="Thank you")
    )
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None


@pytest.mark.parametrize(("code", "error"), [(550, Refused), (450, NotSent)])
def test_a_mail_server_that_says_no_for_good_is_told_from_one_that_says_later(
    code: int, error: type[Exception]
) -> None:
    with mail_server(Mailbox(code=code)) as box, pytest.raises(error) as caught:
        Email(server=box.address, sender=SENDER).send(HELLO)
    assert caught.type is error
    assert str(code) in str(caught.value)
    assert "lin@" not in str(caught.value)


def test_a_mail_server_that_is_not_there_may_be_there_later() -> None:
    with pytest.raises(NotSent) as caught:
        Email(server=f"smtp://127.0.0.1:{free_port()}", sender=SENDER).send(HELLO)
    assert caught.type is NotSent


@pytest.mark.parametrize("address", ["lin", "lin@home.example\nBcc: all@home.example", "a@b@c", ""])
def test_what_is_no_address_gets_no_letter(address: str) -> None:
    with pytest.raises(Refused):
        Email(server="smtp://mail.example", sender=SENDER).written(Message(key="1", to=address, text="x"))


def test_a_webhook_is_signed_and_names_its_key() -> None:
    with web_server() as posts:
        Webhook(url=posts.address, secret="tea").send(HELLO)
    (body,), (headers,) = posts.bodies, posts.headers
    assert json.loads(body)["campaign"] == "spring"
    assert headers["X-Shuke-Signature"] == signature(body, "tea")
    assert headers["Idempotency-Key"] == "spring:C1"


@pytest.mark.parametrize(("code", "error"), [(404, Refused), (302, Refused), (429, NotSent), (503, NotSent)])
@pytest.mark.parametrize("way", [Webhook, Sms])
def test_a_web_server_that_says_no_for_good_is_told_from_one_that_says_later(
    code: int, error: type[Exception], way: Any
) -> None:
    with web_server() as posts:
        posts.code = code
        with pytest.raises(error) as caught:
            way(url=posts.address).send(HELLO)
    assert caught.type is error


def test_an_address_with_a_secret_is_not_told_when_it_does_not_answer() -> None:
    with pytest.raises(NotSent) as caught:
        Webhook(url=f"http://127.0.0.1:{free_port()}/?token=tea").send(HELLO)
    assert "tea" not in str(caught.value)


def test_a_chat_reaches_a_robot_through_apprise() -> None:
    with web_server() as posts:
        Chat(url=posts.address.replace("http://", "json://")).send(HELLO)
        posts.code = 500
        with pytest.raises(NotSent):
            Chat(url=posts.address.replace("http://", "json://")).send(HELLO)
    told = json.loads(posts.bodies[0])
    assert (told["title"], told["message"]) == ("新茶到了", "明前龙井")


def test_a_text_begins_with_the_signature_and_says_how_to_opt_out() -> None:
    with web_server() as posts:
        Sms(url=posts.address, token="tea", signature="茶馆").send(HELLO)
    (body,), (headers,) = posts.bodies, posts.headers
    assert json.loads(body)["text"] == "【茶馆】明前龙井 拒收请回复R"
    assert headers["Authorization"] == "Bearer tea"
    bare = Message(key="1", text="Your code is 1234")
    assert Sms(url=posts.address).written(bare) == "Your code is 1234"


@pytest.mark.parametrize(
    ("text", "charged"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("茶" * 70, 1), ("茶" * 71, 2), ("茶" * 134, 2), ("茶" * 135, 3), ("🍵" * 35, 1), ("🍵" * 36, 2),
    ],
)  # fmt: skip
def test_parts_are_counted_as_providers_charge_for_them(text: str, charged: int) -> None:
    assert sms.parts(text) == charged


def test_a_text_that_takes_too_many_parts_is_not_sent() -> None:
    with pytest.raises(Refused):
        Sms(url="http://127.0.0.1:1").send(Message(key="1", to="138", text="茶" * 67 * 9))


def test_a_mailing_house_gets_one_line_each_however_often_it_is_sent(tmp_path: Path) -> None:
    letters = [
        Message(key=f"spring:{n}", to=f"{n}@b.c", text="=1+1", facts={"campaign": "spring"})
        for n in range(20)
    ]
    ways = [File(folder=str(tmp_path)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda way: [way.send(letter) for letter in letters], ways))
    rows = _rows(tmp_path / "spring.csv")
    assert sorted(row["key"] for row in rows) == sorted(letter.key for letter in letters)
    assert {row["text"] for row in rows} == {"'=1+1"}


def test_a_platform_gets_hashes_and_no_address(tmp_path: Path) -> None:
    File(folder=str(tmp_path), hashed=True).send(Message(key="1", to=" Lin@Home.example", text=""))
    (row,) = _rows(tmp_path / "messages.csv")
    assert row["to"] == sha256(b"lin@home.example").hexdigest()


def test_a_channel_is_opened_as_it_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "oolong")
    told = {"kind": "email", "server": "smtps://m.example", "sender": SENDER, "password": "env:MAIL_PASSWORD"}
    opened = open_channel({"news": told}, "news")
    assert isinstance(opened, Email)
    assert opened.password == "oolong"
    assert set(kinds()) == {"email", "webhook", "chat", "sms", "file"}


@pytest.mark.parametrize(
    "told",
    [
        {}, {"kind": "pigeon"}, {"kind": "email"}, {"kind": "webhook", "url": "ftp://x"},
        {"kind": "webhook", "url": "https://x", "key": "oolong"}, {"kind": "chat", "url": "nothing"},
        {"kind": "sms", "url": "env:NOT_SET_ANYWHERE"},
    ],
)  # fmt: skip
def test_a_channel_that_is_set_up_wrongly_is_refused_without_its_secrets(told: dict[str, str]) -> None:
    with pytest.raises(WrongSettings) as caught:
        check({"news": told})
    assert "channels.news" in str(caught.value)
    assert "oolong" not in str(caught.value)


def test_a_channel_that_is_not_set_up_is_named_with_those_that_are() -> None:
    with pytest.raises(WrongCall, match="news"):
        open_channel({"news": {"kind": "webhook", "url": "https://x"}}, "sms")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("text", ["明前龙井", "Tea.\n\n.\n", "x" * 2000])
def test_a_letter_that_is_signed_can_be_verified_as_it_arrives(
    key: rsa.RSAPrivateKey, tmp_path: Path, text: str
) -> None:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    (tmp_path / "key.pem").write_text(pem(key))
    with mail_server() as box:
        Email(server=box.address, sender=SENDER, dkim_key=str(tmp_path / "key.pem"), dkim_selector="s1").send(
            replace(HELLO, text=text, html="")
        )
    (content,) = box.contents
    asked: list[bytes] = []

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(content, dnsfunc=look_up)
    assert asked == [b"s1._domainkey.tea.example."]
    assert b"list-unsubscribe-post" in content.partition(b"bh=")[0].lower()
    for old, new in ((b"one-click", b"one-clock"), (b"lin@home", b"ann@home")):
        changed = content.replace(old, new).replace(old.title(), new.title())
        assert not dkim.verify(changed, dnsfunc=look_up)


@pytest.mark.parametrize(
    ("dkim_key", "selector"), [("nowhere.pem", "s1"), ("no PRIVATE KEY", "s1"), ("x", "")]
)
def test_a_key_that_cannot_sign_is_refused_before_anything_is_sent(dkim_key: str, selector: str) -> None:
    news = {"kind": "email", "server": "smtp://mail.example", "sender": SENDER, "dkim_key": dkim_key}
    with pytest.raises(WrongSettings):
        check({"news": {**news, "dkim_selector": selector}})


def test_sendgrid_is_told_by_what_a_letter_is_known() -> None:
    letter = Email(server="smtp://mail.example", sender=SENDER, provider="sendgrid").written(HELLO)
    assert json.loads(letter["X-SMTPAPI"]) == {"unique_args": {"shuke_message": letter["Message-ID"]}}
    with pytest.raises(WrongSettings, match="is none of: amazon_ses, mailgun, sendgrid"):
        check({"news": {"kind": "webhook", "url": "https://a.example", "provider": "pigeon"}})
