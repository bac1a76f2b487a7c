"""Permission headers: does a header ask whether one may write to somebody, and by which way?

Its words tell, in any order: somebody agrees or refuses, to a channel or to marketing, and perhaps when.

    Accepts SMS Marketing      sms, an answer        HasOptedOutOfEmail     email, a refusal
    Newsletter subscribed at   email, since when     UNSUB_TIME             email, until when
    是否接受短信营销            sms, an answer        Do not call            phone, a refusal

What names no channel is any, or e-mail where the word is that of a mailing list. What is about anything else
that people agree to (terms, cookies, a delivery) is none, and so is a way by which Shuke does not write.
"""

import re
from collections.abc import Sequence
from functools import cache

from shuke.collect.infer.grammar import permissions
from shuke.collect.values.folding import plainly
from shuke.tables.permissions import PERMISSIONS, Permission, Statement

#: The channels that a header may name.
_WAYS = tuple(dict.fromkeys(one.channel for one in PERMISSIONS.values() if one.channel != "any"))


def permission(words: Sequence[str]) -> Permission | None:
    """What a header of these words (`headers.words`) says of a channel; None where it says no such thing."""
    said = _joined(words)
    if not said or _found("else", said):
        return None
    refuses, agrees = _found("refused", said), _found("agreed", said)
    ways = [way for way in _WAYS if _found(way, said)]
    about = _found("marketing", said)
    alone = _found("alone", said) or (refuses and not _found("needs", said))
    if not (ways or about or alone) or not (refuses or agrees or (ways and about) or _is_status(about, said)):
        return None
    if not ways and _found("elsewhere", said):
        return None
    channel = ways[0] if len(ways) == 1 else "email" if not ways and _found("lists", said) else "any"
    timed = is_moment(words)
    if refuses:
        return Permission(channel, Statement.UNTIL if timed else Statement.REFUSAL)
    return Permission(channel, Statement.SINCE if timed else Statement.ANSWER)


def is_moment(words: Sequence[str]) -> bool:
    """Whether a header asks for a day or a time."""
    return _found("moments", _joined(words))


def is_confirmation(words: Sequence[str]) -> bool:
    """Whether a header asks when somebody confirmed what they had asked for."""
    return _found("confirmed", _joined(words))


def is_bare(words: Sequence[str]) -> bool:
    """Whether a header says `opt-in` and not to what."""
    said = _joined(words)
    return _found("alone", said) and not any(_found(each, said) for each in (*_WAYS, "marketing"))


def _is_status(about: bool, said: str) -> bool:
    return about and _found("status", said)


def _found(group: str, said: str) -> bool:
    pattern = _pattern(group)
    return pattern is not None and pattern.search(said) is not None


def _joined(words: Sequence[str]) -> str:
    return " ".join(words)


@cache
def _pattern(group: str) -> re.Pattern[str] | None:
    """The words of a group in every language; those of letters as whole words, of characters anywhere."""
    told = [plainly(word).lower().replace("-", " ") for word in permissions().get(group, ())]
    return re.compile("|".join(map(_bounded, told))) if told else None


def _bounded(word: str) -> str:
    return rf"\b{re.escape(word)}\b" if re.match(r"[a-z]", word) else re.escape(word)
