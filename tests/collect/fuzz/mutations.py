"""What may become of a good file: bits flipped, parts cut, doubled or put elsewhere, members exchanged."""

import random
import re
from collections.abc import Callable

from tests.collect.fuzz.good_files import KINDS, good, packed, unpacked

Mutation = Callable[[bytes, random.Random], bytes]
_STRAY = [
    b"\0",
    b"\0" * 500,
    b'"',
    b"'",
    b"<",
    b"{",
    b"[[",
    b"]",
    b"\r",
    b"\x1a",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"99999999",
    b"-1",
    b"1e999999",
    b"NaN",
    b"\\ud800",
    b"\n\n\n",
    b",,,,,,,,",
    b"\x80" * 30,
    "，；".encode(),
    b"&x;",
    b"]]>",
]
_ENCODINGS = [
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gb18030",
    "big5",
    "cp1252",
    "shift_jis",
    "utf-7",
    "cp1251",
]


def flipped(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice([1, 3, 30])):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def cut(content: bytes, chance: random.Random) -> bytes:
    """The beginning, the end, or what is between them, is gone."""
    first, last = sorted(chance.randrange(len(content)) for _ in range(2))
    return chance.choice([content[:first], content[last:], content[:first] + content[last:]])


def doubled(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(content)) for _ in range(2))
    part = content[first : min(last, first + chance.choice([10, 1000, 50_000]))]
    return content[:first] + part * chance.choice([2, 5, 50]) + content[last:]


def strayed(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice([1, 2, 10])):
        at = chance.randrange(len(made))
        made[at : at + chance.choice([0, 1])] = chance.choice(_STRAY)
    return bytes(made)


def counted_otherwise(content: bytes, chance: random.Random) -> bytes:
    """Digits made many; four octets made a large or a negative number."""
    digits = [found.start() for found in re.finditer(rb"\d", content)]
    at = chance.choice(digits) if digits else 0
    if digits and chance.random() < 0.5:
        return content[:at] + b"9" * chance.choice([2, 5, 12, 400]) + content[at + 1 :]
    at, size = (
        chance.randrange(len(content)),
        chance.choice([b"\xff\xff\xff\x7f", b"\xff" * 4, b"\0" * 4, b"\xff" * 8]),
    )
    return content[:at] + size + content[at + len(size) :]


def exchanged(content: bytes, chance: random.Random) -> bytes:
    """Two parts stand in each other's place."""
    a, b, c = sorted(chance.randrange(len(content)) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def joined(content: bytes, chance: random.Random) -> bytes:
    """With a file of another kind behind it, or before it."""
    other = good(chance.choice(list(KINDS)))
    return chance.choice([content + other, other[: chance.choice([4, 100, 5000])] + content])


def reencoded(content: bytes, chance: random.Random) -> bytes:
    """Text read in one encoding and written in another."""
    text = content.decode(chance.choice(["utf-8", "latin-1", "gb18030"]), "replace")
    made = text.encode(chance.choice(_ENCODINGS), "replace")
    return made if chance.random() < 0.7 else content[: len(content) // 2] + made


def of_members(mutation: Mutation) -> Mutation:
    """A whole archive with a broken member."""

    def broken(content: bytes, chance: random.Random) -> bytes:
        members = unpacked(content)
        name = chance.choice([each for each in members if members[each]])
        members[name] = mutation(members[name], chance)
        return packed(members)

    return broken


def swapped(content: bytes, chance: random.Random) -> bytes:
    """Members of an archive under one another's names, or left out, or called otherwise."""
    members = unpacked(content)
    a, b = chance.choice(list(members)), chance.choice(list(members))
    match chance.randrange(4):
        case 0:
            members[a], members[b] = members[b], members[a]
        case 1:
            del members[a]
        case 2:
            members[chance.choice(["../../" + a, "/" + a, "C:\\" + a, a + "/", a.upper(), "\u202e" + a])] = (
                members.pop(a)
            )
        case 3:
            members |= {f"{n}/{a}": members[a] for n in range(chance.choice([3, 200]))}
    return packed(members)


PLAIN: list[Mutation] = [flipped, cut, doubled, strayed, counted_otherwise, exchanged, joined]
TEXT: list[Mutation] = [reencoded, *PLAIN]
ZIPPED: list[Mutation] = [swapped, *PLAIN, *map(of_members, [*PLAIN, *PLAIN])]


def mutations(kind: str) -> list[Mutation]:
    if kind in ("xlsx", "xlsb", "ods", "zip"):
        return ZIPPED
    return PLAIN if kind in ("xls", "parquet", "gz", "bz2", "xz") else TEXT
