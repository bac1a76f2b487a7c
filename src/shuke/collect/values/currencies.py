"""Currencies: which currency does a cell name, by itself or beside an amount?

    usd   RMB   人民币   US$   British Pound (GBP)        €12.50   US$ 12.50   12.50 EUR   -£5   3.5万元

Every answer is a code of ISO 4217. A word that several currencies share says nothing where the one at home
(the project's, or the one said of the column) is not among them.
"""

from functools import cache

import ibis
import ibis.expr.types as ir

from shuke.collect.values.currency_words import WORDS_OF_THEIR_OWN, candidates, meanings, settled
from shuke.collect.values.folding import SPACE, folded

#: What may stand around an amount beside a word: signs, brackets, marks, and myriads.
_MARKS = rf"{SPACE}.,()+\-'万萬亿億"
#: Signs and codes are looked up apart from thousands of names. Written out as one text each, for an engine
#: takes longer to plan a list of thousands than to look through it.
_SHORT = 4


def code(text: ir.StringValue, home: str | None) -> ir.StringValue:
    """The currency that a cell of its own names: a code, a sign, a name, or a name with its code."""
    plain = folded(text)
    said = plain.lower().re_replace(rf"[{SPACE}.\-_]", "")
    within = plain.re_extract(r"(?:^|[^A-Za-z])([A-Z]{3})(?:[^A-Za-z]|$)", 1).lower()
    before = said.re_replace(r"[(\[（].*$", "")
    # A list, so that what is said of each word, which is long, is written once for all three.
    found = ibis.array([said, within, before]).map(lambda word: _settled(word, home))
    return found.filter(lambda code: code.notnull())[0]


def word_in(text: ir.StringValue) -> ir.StringValue:
    """The word that stands beside an amount, if any; `$12.50 USD` says usd."""
    before, after = (_word(part) for part in _around(folded(text)))
    either = ibis.cases(
        (before == "", after.nullif("")), ((after != "") & before.isin(_shared()), after), else_=before
    )
    return text.re_search(r"[\p{L}\p{Sc}]").ifelse(either, ibis.null("string"))


def bare(text: ir.StringValue) -> ir.StringValue:
    """A folded text without the words for a currency around its number; as it stands where they are none."""
    before, after = _around(text)
    # A list, so that the words, which are many, are written once for both.
    unknown = ibis.array([_word(before), _word(after)]).filter(lambda word: ~_is_known(word))
    number = text.re_replace(r"^\D*|\D*$", "")
    stripped = (unknown.length() == 0).ifelse(_stripped(before) + number + _stripped(after), text)
    return text.re_search(r"[\p{L}\p{Sc}]").ifelse(stripped, text)


def of_words(word: ir.StringValue, words: list[str], home: str | None) -> ir.StringValue:
    """The code of each of the few `words` that a column has beside its amounts; or null."""
    told = [(said, settled(said, home)) for said in words]
    return word.cases(
        *((said, code) for said, code in told if code is not None), ("", None), else_=ibis.null("string")
    )


def code_beside(text: ir.StringValue, home: str | None) -> ir.StringValue:
    """The currency that stands beside an amount; null where none does, or nobody can tell which it is."""
    return _settled(word_in(text).fill_null("-"), home)


def may_mean(word: ir.StringValue, words: list[str], code: ir.StringValue) -> ir.BooleanValue:
    """Whether one of the few `words` of a column can stand for a currency: `$` for AUD, as for many."""
    told = [(said, " ".join(candidates(said))) for said in words]
    return word.cases(*told, ("", ""), else_="").contains(code)


def _settled(word: ir.StringValue, home: str | None) -> ir.StringValue:
    """What the dictionary says of a word, which is written out as `|usd=USD|rmb=CNY|…`."""
    told = ibis.literal(_dictionary(home))
    at = told.find("|" + word + "=")
    return (at < 0).ifelse(ibis.null("string"), told.substr(at + word.length() + 2, 3))


def is_word(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a folded cell in lower case is a word for a currency and nothing else."""
    said = text.re_replace(rf"[{SPACE}.\-_]", "")
    return (said != "") & _is_known(said) & ~said.isin(sorted(WORDS_OF_THEIR_OWN))


def _is_known(word: ir.StringValue) -> ir.BooleanValue:
    """Whether it is a word for some currency, or no word at all."""
    brief, long = (ibis.literal(words) for words in _by_length())
    sought = "|" + word + "|"
    return (word.length() <= _SHORT).ifelse(brief, long).contains(sought)


@cache
def _dictionary(home: str | None) -> str:
    told = {word: settled(word, home) for word in meanings()}
    return "|".join(["", *(f"{word}={code}" for word, code in told.items() if code is not None), ""])


@cache
def _shared() -> tuple[str, ...]:
    return tuple(word for word, codes in meanings().items() if len(codes) > 1)


@cache
def _by_length() -> tuple[str, str]:
    brief = [word for word in meanings() if len(word) <= _SHORT]
    return f"||{'|'.join(brief)}|", "|" + "|".join(word for word in meanings() if len(word) > _SHORT) + "|"


def _around(text: ir.StringValue) -> tuple[ir.StringValue, ir.StringValue]:
    """What stands before the first digit and behind the last."""
    return text.re_extract(r"^(\D*)", 1), text.re_extract(r"(\D*)$", 1)


def _word(beside: ir.StringValue) -> ir.StringValue:
    return beside.lower().re_replace(f"[{_MARKS}]", "")


def _stripped(beside: ir.StringValue) -> ir.StringValue:
    """Without its word: the point of `Rs.` belongs to the word, that of `$.50` to the number."""
    return beside.re_replace(r"\p{L}\.", "").re_replace(f"[^{_MARKS}]", "")
