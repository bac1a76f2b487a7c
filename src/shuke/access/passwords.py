"""Passwords: is this the password that was chosen, and is it strong enough?"""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from shuke.errors import WrongCall
from shuke.languages import N_

MIN_LENGTH = 10
MAX_LENGTH = 1000  # a longer one would only keep the server busy

#: So many guesses a password takes at least whoever tries the commonest passwords, words, names, dates and
#: rows of keys first (Wheeler, zxcvbn, USENIX Security 2016, where fewer are called "somewhat guessable").
MIN_GUESSES = 10**8

#: More characters make no password easier, but take zxcvbn longer.
_LOOKED_AT = 72

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0, 1: read from one screen, typed on another
_hasher = PasswordHasher()  # Argon2id with the parameters of RFC 9106


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(password: str, hashed: str | None) -> bool:
    """Whether the password is the hashed one; takes as long when there is none to compare with."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        _hasher.verify(hashed or _nobodys(), _normal(password))
    except VerifyMismatchError:
        return False
    return hashed is not None


def is_outdated(hashed: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


def one_time_password() -> str:
    """A password to be given to a person and changed at the first login: abcd-efgh-jkmn-pqrs."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def check_strength(password: str, name: str) -> None:
    """Refuse what is guessed first; any characters are welcome."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WrongCall(
            N_("A password must have {shortest} to {longest} characters."),
            shortest=MIN_LENGTH,
            longest=MAX_LENGTH,
        )
    # Its lists of words take a while to read, and are wanted only where a password is chosen.
    from zxcvbn import zxcvbn

    plain = _normal(password)
    named = len(name) >= 4 and name in plain.casefold()
    if named or zxcvbn(plain[:_LOOKED_AT], user_inputs=[name, "shuke"])["guesses"] < MIN_GUESSES:
        raise WrongCall(
            N_(
                "This password is easy to guess. Choose several unrelated words, and avoid your name, "
                "common passwords, dates and repetition."
            )
        )


def _normal(password: str) -> str:
    # Keyboards write é as one character or as two; RFC 8265 takes both for the same password.
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex())
