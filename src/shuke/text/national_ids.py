"""National ids: is this the number of a Chinese resident, and what does it tell?

The number has a check digit (ISO 7064, MOD 11-2), which rejects every single wrong digit: two different
valid ones are two people. It is kept under a key, never in clear: kind `resident_id`, scope `CN`.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from shuke.text.characters import written_plainly

#: The scope of resident identity numbers.
SCOPE = "CN"

_LONG = re.compile(r"[1-9]\d{16}[\dX]")
_SHORT = re.compile(r"[1-9]\d{14}")
#: Of eighteen, with a province and a year: nothing else is built so.
_MEANT = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|7[1]|8[1-3])\d{4}(?:19|20)\d{9}[\dX]")


@dataclass(frozen=True)
class NationalIdFacts:
    """What a resident identity number says of whoever bears it."""

    birth_date: date
    gender: str
    region: str | None


def resident(text: str) -> str | None:
    """The number with its eighteen digits; null for what is none, or fails its check digit.

    The fifteen digits issued until 1999 lack the century and the check digit. Whether the district of the
    first six digits ever was one is not asked: new ones come, and no table has them all.
    """
    number = _compact(text)
    if _SHORT.fullmatch(number):
        number = number[:6] + "19" + number[6:]
        number += ric.calc_check_digit(number + "0")
    if not _LONG.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        return None
    return number if number[:2] in _provinces() and _birth_date(number) else None


def is_meant(text: str) -> bool:
    """Whether it is built like such a number, be it right or wrong."""
    return bool(_MEANT.fullmatch(_compact(text)))


def decoded(number: str) -> NationalIdFacts:
    """What a valid number of eighteen digits says."""
    born = _birth_date(number)
    assert born
    return NationalIdFacts(born, "male" if int(number[16]) % 2 else "female", _provinces().get(number[:2]))


def keyed(number: str, key: bytes) -> str:
    """What stands for the number wherever it is kept: the same in one project, and no one's to read."""
    return "hmac:" + hmac.digest(key, b"resident_id:" + number.encode(), hashlib.sha256).hex()[:40]


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", written_plainly(text)).upper()


def _birth_date(number: str) -> date | None:
    try:
        born: date = ric.get_birth_date(number)
    except ValidationError:
        return None
    return born if 1880 <= born.year <= 2100 else None


@cache
def _provinces() -> dict[str, str]:
    return {low: written_plainly(about["province"]) for _, low, _, about, _ in numdb.get("cn/loc").prefixes}
