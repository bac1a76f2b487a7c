"""Mailbox: which letters wait where bounces come back to?

A folder of letters, one a file, as mail servers drop them (a Maildir's `new` is one), or a mailbox over IMAP:

    imaps://bounces@mail.example/INBOX
"""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shuke.channels.message import NotSent
from shuke.languages import N_

#: How many seconds a server may take to answer, and how many letters are read at once.
PATIENCE, AT_ONCE = 30, 500

_PORTS = {"imap": 143, "imaps": 993}

#: A letter that is larger is no report; it is left where it is.
MAX_BYTES = 10_000_000


@dataclass(frozen=True)
class Letter:
    """A letter, and what it is known by where it lies."""

    number: str
    content: Message


class Folder:
    """Letters as files; what was read is moved into the folder `read` beside them."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def waiting(self) -> Iterator[Letter]:
        found = sorted(path for path in self.place.glob("*") if path.is_file())
        for path in [each for each in found if each.stat().st_size <= MAX_BYTES][:AT_ONCE]:
            yield Letter(path.name, message_from_bytes(path.read_bytes()))

    def done(self, letter: Letter) -> None:
        read = self.place / "read"
        read.mkdir(exist_ok=True)
        (self.place / letter.number).replace(read / letter.number)


class Imap:
    """Letters of a mailbox that nobody has seen; what was read is marked as seen."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self.server = server

    def waiting(self) -> Iterator[Letter]:
        _, found = self.server.search(None, "UNSEEN")
        for number in (found[0] or b"").split()[:AT_ONCE]:
            _, told = self.server.fetch(number.decode(), "(BODY.PEEK[])")
            if told and isinstance(told[0], tuple) and len(told[0][1]) <= MAX_BYTES:
                yield Letter(number.decode(), message_from_bytes(told[0][1]))

    def done(self, letter: Letter) -> None:
        self.server.store(letter.number, "+FLAGS", r"(\Seen)")


@contextmanager
def mailbox(place: str, *, password: str = "") -> Iterator[Folder | Imap]:
    """The mailbox at a place; raises `NotSent` where its server cannot be reached or lets nobody in."""
    there = urlsplit(place)
    if there.scheme not in _PORTS:
        if not Path(place).is_dir():
            raise NotSent(N_("The mailbox for bounces cannot be read ({error})."), error="NotADirectoryError")
        yield Folder(Path(place))
        return
    try:
        made = imaplib.IMAP4_SSL if there.scheme == "imaps" else imaplib.IMAP4
        server = made(there.hostname or "", there.port or _PORTS[there.scheme], timeout=PATIENCE)
        server.login(unquote(there.username or ""), password)
        server.select(unquote(there.path.lstrip("/")) or "INBOX")
        yield Imap(server)
        server.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        raise NotSent(
            N_("The mailbox for bounces cannot be read ({error})."), error=type(error).__name__
        ) from None
