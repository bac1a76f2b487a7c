"""Coupon codes: what cannot be guessed, is read aloud without a slip, and shows where it was mistyped?

Eleven letters and digits drawn by `secrets` (54 bits), of an alphabet without those that look alike, and a
check character, written in groups: 7KQM-W2RD-9HXT. Only a keyed digest of a code is kept.
"""

import hmac
import secrets
import unicodedata
from hashlib import sha256

#: Neither 0 nor O, neither 1 nor I nor L. That they are 31, a prime, lets the check see every mistyped
#: character and every two that were exchanged.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_DRAWN, _GROUP = 11, 4


def new_code() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_DRAWN))
    return written(drawn + _check(drawn))


def written(code: str) -> str:
    """written("7KQMW2RD9HXT")  "7KQM-W2RD-9HXT" """
    return "-".join(code[n : n + _GROUP] for n in range(0, len(code), _GROUP))


def read(text: str) -> str | None:
    """The characters of a code however it was typed; none where it is no code, or mistyped."""
    typed = unicodedata.normalize("NFKC", text).upper()
    code = "".join(letter for letter in typed if letter not in "-–— \t")
    known = len(code) == _DRAWN + 1 and set(code) <= set(ALPHABET)
    return code if known and _check(code[:_DRAWN]) == code[_DRAWN] else None


def digest(code: str, key: bytes) -> str:
    """By which the project of this key knows a code again."""
    return hmac.digest(key, f"shuke.coupon\x1f{code}".encode(), sha256).hex()


def _check(drawn: str) -> str:
    places = (ALPHABET.index(letter) for letter in drawn)
    return ALPHABET[sum(weight * place for weight, place in enumerate(places, start=1)) % len(ALPHABET)]
