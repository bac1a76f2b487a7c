"""Opt-out: does an answer by SMS say that its sender wants no more?"""

import unicodedata

#: What carriers and providers have customers answer, by itself: of America (CTIA), China, our own texts.
_WORDS = frozenset(
    {
        "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT OUT", "REVOKE",
        "T", "TD", "TT", "R", "N", "QX", "退订", "退订短信", "退", "拒收",
        "取消", "取消订阅", "不要再发", "别再发了",
    }
)  # fmt: skip


def is_opt_out(text: str) -> bool:
    """Whether an answer, whatever its case, width and punctuation, is one of the words."""
    plain = unicodedata.normalize("NFKC", text).upper()
    letters = "".join(" " if unicodedata.category(c)[0] in "PSZC" else c for c in plain)
    return " ".join(letters.split()) in _WORDS
