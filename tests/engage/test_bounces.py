"""Bounces: a letter that comes back for good ends the writing to its address, and nothing else does."""

import socketserver
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from shuke.actions import bounces
from shuke.actions.bounces import Returned
from shuke.app import Project
from shuke.channels.message import NotSent
from tests.channels.listening import Mailbox
from tests.engage import club

REPORT = """From: MAILER-DAEMON@mail.example
To: news@tea.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Could not deliver.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: {message_id}
From: news@tea.example
To: {address}

--b--
"""


def report(
    message_id: str, *, address: str = "m000@home.example", status: str = "5.1.1", action: str = "failed",
    kind: str = "message/rfc822",
) -> str:  # fmt: skip
    return REPORT.format(address=address, status=status, action=action, kind=kind, message_id=message_id)


@pytest.fixture
def back(tmp_path: Path) -> Path:
    (tmp_path / "back").mkdir()
    return tmp_path / "back"


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox, back: Path) -> Iterator[Project]:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>", "bounces": str(back)}
    project = club.found(tmp_path / "shop", channels={"news": news})
    club.members(project, 2)
    club.build(project)
    club.run(project, "spring", club.campaign())
    yield project
    project.operations.close()


def sent_as(box: Mailbox, address: str = "m000@home.example") -> str:
    return str(next(letter["Message-ID"] for letter in box.letters if letter["To"] == address))


def withheld_later(shop: Project) -> Counter[str | None]:
    later = club.NOON + timedelta(days=30)
    before = len(club.book(shop))
    club.run(shop, "autumn", club.campaign(), now=later)
    return Counter(reason for _, _, reason in club.book(shop)[before:])


def test_an_address_that_is_none_is_not_written_to_again(shop: Project, box: Mailbox, back: Path) -> None:
    (back / "1").write_text(report(sent_as(box)))
    assert bounces.collect(shop, now=club.NOON) == Returned(hard=1)
    assert [path.name for path in (back / "read").iterdir()] == ["1"]
    assert not bounces.collect(shop, now=club.NOON)
    assert withheld_later(shop) == {"suppressed": 1, None: 1}


@pytest.mark.parametrize(
    ("told", "came"),
    [
        ({"status": "4.2.2"}, Returned(soft=1)),  # the mailbox is full
        ({"status": "5.2.2"}, Returned(soft=1)),
        ({"action": "delayed"}, Returned(other=1)),
        ({"message_id": "<forged@elsewhere.example>"}, Returned(other=1)),
        ({"message_id": ""}, Returned(other=1)),
    ],
)
def test_what_may_arrive_another_day_or_was_never_ours_ends_nothing(
    shop: Project, box: Mailbox, back: Path, told: dict[str, str], came: Returned
) -> None:
    (back / "1").write_text(report(**{"message_id": sent_as(box), **told}))
    (back / "2").write_text("From: ann@home.example\nSubject: Thanks\n\nLovely tea.\n")
    assert bounces.collect(shop, now=club.NOON) == came + Returned(other=1)
    assert withheld_later(shop) == {None: 2}


def test_a_report_with_the_headers_alone_is_read(shop: Project, box: Mailbox, back: Path) -> None:
    (back / "1").write_text(report(sent_as(box), kind="text/rfc822-headers"))
    assert bounces.collect(shop, now=club.NOON) == Returned(hard=1)


class _Imap(socketserver.StreamRequestHandler):
    """As much of IMAP as is spoken here; `letters` maps numbers to letters, `seen` has what was marked."""

    letters: dict[str, bytes]
    seen: list[str]

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in iter(self.rfile.readline, b""):
            tag, verb, *rest = line.decode().split()
            self.wfile.write(
                self.answer(verb.upper(), rest) + f"{tag} {self.ending(verb, rest)}\r\n".encode()
            )
            if verb.upper() == "LOGOUT":
                return

    def ending(self, verb: str, rest: list[str]) -> str:
        return "NO" if verb.upper() == "LOGIN" and rest[1] != '"secret"' else "OK done"

    def answer(self, verb: str, rest: list[str]) -> bytes:
        match verb:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n"
            case "SELECT":
                return f"* {len(self.letters)} EXISTS\r\n".encode()
            case "SEARCH":
                waits = [number for number in self.letters if number not in self.seen]
                return f"* SEARCH {' '.join(waits)}\r\n".encode()
            case "FETCH":
                letter = self.letters[rest[0]]
                return f"* {rest[0]} FETCH (BODY[] {{{len(letter)}}}\r\n".encode() + letter + b")\r\n"
            case "STORE":
                self.seen.append(rest[0])
        return b""


@contextmanager
def imap(letters: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """A mailbox over IMAP: its address, and the numbers of the letters that were marked as seen."""
    seen: list[str] = []
    handler: Any = type("Handler", (_Imap,), {"letters": letters, "seen": seen})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"imap://news@127.0.0.1:{server.server_address[1]}/INBOX", seen
        server.shutdown()


def test_a_mailbox_is_read_over_imap_and_each_letter_once(tmp_path: Path, box: Mailbox) -> None:
    letters: dict[str, bytes] = {}
    with imap(letters) as (place, seen):
        news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>", "bounces": place,
                "bounces_password": "secret"}  # fmt: skip
        shop = club.found(tmp_path / "shop", channels={"news": news})
        club.members(shop, 2)
        club.build(shop)
        club.run(shop, "spring", club.campaign())
        letters |= {"1": report(sent_as(box)).encode(), "2": b"Subject: Hello\r\n\r\nHello\r\n"}
        assert bounces.collect(shop, now=club.NOON) == Returned(hard=1, other=1)
        assert seen == ["1", "2"]
        assert not bounces.collect(shop, now=club.NOON)
        assert withheld_later(shop) == {"suppressed": 1, None: 1}
    with pytest.raises(NotSent, match="cannot be read"):
        bounces.collect(shop, now=club.NOON)
    shop.operations.close()
