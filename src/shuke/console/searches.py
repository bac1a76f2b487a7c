"""Searches: how does what somebody looks for stay out of addresses, and so out of logs and histories?

What is typed into a search, or compared with a column that gives people away, is sent by a form and kept here
for the session in which it was typed. The address names it by a token (`?s=…`) that tells others nothing, and
the rest of an address stays as it is, so that a page without such a token can be sent to them.
"""

import hashlib
import hmac
import re
import threading
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from shuke.access.sessions import Session
from shuke.errors import WrongCall
from shuke.graph.catalogue import derived
from shuke.languages import N_
from shuke.tables import CANONICAL
from shuke.views.query import Condition, Declared

#: The parameter of an address that holds a token.
TOKEN_PARAMETER = "s"
MOST = 20_000

#: An id of a customer, of which nobody else can make anything.
_ISSUED = re.compile(r"C[0-9A-Z]{8,}")

_WORD = re.compile(r"\w+")

Pair = tuple[str, str]  # a parameter and its value


class Unkept(WrongCall, KeyError):
    """Typed in another session, or before the server was started anew (HTTP 404)."""

    def __init__(self) -> None:
        super().__init__(
            N_("What somebody searches for is kept out of addresses, and only for them. Type it again.")
        )


@dataclass(frozen=True)
class Searches:
    """What was typed, by the session and the token; what was asked for longest ago goes."""

    _kept: OrderedDict[Pair, Pair] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, session: Session, name: str, value: str) -> str:
        """The token of a parameter; the same for whoever types it again."""
        told = f"shuke.search:{name}\0{value}"
        digest = hmac.new(session.csrf.encode(), told.encode(errors="replace"), hashlib.sha256).digest()
        token = urlsafe_b64encode(digest[:15]).decode()
        with self._lock:
            self._kept[session.digest, token] = (name, value)
            self._kept.move_to_end((session.digest, token))
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return token

    def lookup(self, session: Session | None, token: str) -> Pair:
        """The parameter that a token names; raises `Unkept`."""
        key = (session.digest if session else "", token)
        with self._lock:
            if key not in self._kept:
                raise Unkept
            self._kept.move_to_end(key)
            return self._kept[key]

    def forget(self, session: Session) -> None:
        with self._lock:
            for key in [key for key in self._kept if key[0] == session.digest]:
                del self._kept[key]


def is_personal(name: str, value: str, declared: Declared | None = None) -> bool:
    """Whether a parameter of an address may hold what gives somebody away.

    A search does, a condition may, and so does whom one asks about (`a`, `b`) but for ids of Shuke's own.
    Whatever a segment's condition names is taken for a column, so that in doubt it stays out.
    Of a table that is not known, a condition on any column that is personal in some table.
    """
    if name == "q":
        return bool(value.strip())
    if name == "meant":
        return not _personal_columns().isdisjoint(_WORD.findall(value.lower()))
    if name in ("a", "b"):
        return not _ISSUED.fullmatch(value)
    if name != "filter" or not Condition.is_one(value):
        return False
    condition = Condition.parse(value)
    if condition.op in ("empty", "given"):
        return False
    if declared is not None and condition.column in declared.schema:
        return declared[condition.column].pii is not None
    return condition.column.rpartition(".")[2] in _personal_columns()


def anonymous(pairs: Iterable[Pair]) -> list[Pair]:
    """What of an address may be told before it is known who asks."""
    return [
        (name, value) for name, value in pairs if name != TOKEN_PARAMETER and not is_personal(name, value)
    ]


@cache
def _personal_columns() -> frozenset[str]:
    every: list[Declared] = [*CANONICAL.values(), *derived().values()]
    return frozenset(name for table in every for name in table.schema.names if table[name].pii is not None)
