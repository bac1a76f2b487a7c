"""Null words: where is a word for null the name of something?

NA is Namibia among IT and FR, and Naples among TO and BN; Nan is a province of Thailand, None a town of
Piedmont, and Null, Nil and Na are surnames. The same words are what programs write for nothing. A column
decides by the rest of what it says, and by whether the file writes the word where no name can stand.
"""

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir

from shuke.collect import values
from shuke.collect.mapping import Layout, Reading, targets
from shuke.tables import Type

#: As names are written; each with how the other values of its column begin or look.
_CODE, _CAPITAL, _TITLED, _UPPER = (
    r"^[A-Z]{2}$",
    r"^\p{Lu}",
    r"^\p{Lu}\p{Ll}",
    r"^\P{Ll}*\p{Lu}\P{Ll}*$",
)
_LOOKS = {
    "NA": _UPPER,
    "Na": _CAPITAL,
    "Nan": _CAPITAL,  # programs write nan and NaN
    "Nil": _TITLED,
    "None": _TITLED,
    "Null": _TITLED,
    "NAN": _UPPER,
    "NIL": _UPPER,
    "NONE": _UPPER,
    "NULL": _UPPER,
}
_NAMING = ("country", "region", "city", "district", "family_name", "given_name")
#: So many in a hundred of a column's other values look alike where the column is of one kind.
_MOST = 90

#: The words of each column that are names there.
NullLikeNames = Mapping[str, list[str]]


def null_like_names(raw: ir.Table, layout: Layout) -> NullLikeNames:
    """The words that are names in each column; most sheets have none, and are looked through but once."""
    naming = [header for header, reading in layout.columns.items() if _names(reading)]
    found = {h: words for h, words in _said(raw, naming).items() if words}
    if not found:
        return {}
    nameless = [header for header, reading in layout.columns.items() if _nameless(reading)]
    elsewhere = {word for words in _said(raw, nameless).values() for word in words}
    return {header: list(_kept(raw, header, words, elsewhere)) for header, words in found.items()}


def _names(reading: Reading) -> bool:
    return any(target.rpartition(".")[2] in _NAMING for target in reading.to)


def _nameless(reading: Reading) -> bool:
    """Whether a column holds numbers, dates, numbers to call and the like, where no name can stand."""
    known = [target for target in reading.to if target in targets()]
    return (
        bool(known)
        and not _names(reading)
        and all(targets()[target].type is not Type.TEXT or values.is_code(target) for target in known)
    )


def _said(raw: ir.Table, headers: list[str]) -> dict[str, list[str]]:
    """Which of the words stand in each column."""
    if not headers:
        return {}
    sought = list(_LOOKS)
    counted = raw.agg(
        **{
            f"{n}": raw[h].strip().collect(where=raw[h].strip().isin(sought), distinct=True)
            for n, h in enumerate(headers)
        }
    )
    told = counted.to_pyarrow().to_pylist()[0]
    return {header: sorted(told[f"{n}"] or ()) for n, header in enumerate(headers)}


def _kept(raw: ir.Table, header: str, words: list[str], elsewhere: set[str]) -> Iterator[str]:
    told = _evidence(raw, header, words)
    for word in words:
        if word == "NA" and _look_alike(told, _CODE):
            # Where nothing is left empty, the file may well write NA for it, as R does.
            if word not in elsewhere or told["empty"]:
                yield word
        elif word not in elsewhere and _look_alike(told, _LOOKS[word]) and told[word] <= told["commonest"]:
            yield word


def _look_alike(told: Mapping[str, int], look: str) -> bool:
    return told["others"] > 0 and told[look] * 100 >= told["others"] * _MOST


def _evidence(raw: ir.Table, header: str, words: list[str]) -> dict[str, int]:
    """How often each word stands; how many different other values there are, and how many look how."""
    each = raw.select(said=raw[header].strip()).group_by("said").agg(times=ibis._.count())
    other = ~values.blank(each.said) & ~each.said.isin(list(_LOOKS))
    looks = {look: (other & each.said.re_search(look)).sum() for look in (_CODE, *set(_LOOKS.values()))}
    told = each.agg(
        others=other.sum(),
        commonest=each.times.max(where=other),
        empty=(each.said.isnull() | (each.said == "")).sum(),
        **looks,
        **{word: each.times.sum(where=each.said == word) for word in words},
    )
    return {name: number or 0 for name, number in told.to_pyarrow().to_pylist()[0].items()}
