"""Text words: which words stand in a text, Chinese or not?"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

#: Letters of any script but Chinese, at least three in a row; and runs of Chinese characters.
_RUNS = re.compile(r"[^\W\d_㐀-鿿]{3,}|[㐀-鿿]+")


def words(text: str) -> list[str]:
    """The words that say what a text is about, in small letters, in their order.

        words("快递晚了三天")             ["快递", "三天"]
        words("The parcel came late")    ["parcel", "came", "late"]

    A Chinese word has at least two characters, any other three letters; English words that stand in every
    text are left out.
    """
    found: list[str] = []
    for run in _RUNS.findall(text.lower()):
        if run[0] >= "㐀" and run[0] <= "鿿":
            found += [word for word in _cutter().cut(run) if len(word) > 1]
        elif run not in _common():
            found.append(run)
    return found


@cache
def _cutter() -> Any:
    import rjieba  # its dictionary takes a moment, and only builds need it

    return rjieba


@cache
def _common() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # heavy, and only builds need it

    return frozenset(ENGLISH_STOP_WORDS)
