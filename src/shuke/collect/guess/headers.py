"""Headers: which meanings may a column's header have?

The vocabulary's own names, titles and aliases come first; then an entity beside an attribute, in either
language: `Ship-to phone` and 收货人手机 are both the recipient's phone, though nobody listed them.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from shuke.collect.guess.grammar import ATTRIBUTE_OF, CURRENCIES, attributes, entities, generic, languages
from shuke.collect.mapping import targets
from shuke.collect.values.folding import simplified


@dataclass(frozen=True)
class Meaning:
    """One thing that a header may mean, and how plainly it says so.

    rank   0: by a name of the vocabulary; 1: the same without a unit or a bracket; 2: by its parts
    place  how far down in the list of aliases it stands: the usual names stand first
    """

    target: str
    rank: int
    place: int = 0


@cache
def meanings(header: str) -> tuple[Meaning, ...]:
    """Everything that a header may mean, the plainest first."""
    found: dict[str, Meaning] = {}
    for rank, form in _forms(header):
        for target, place in _named().get(compact(form), ()):
            found.setdefault(target, Meaning(target, rank, place))
    for _, form in _forms(header):
        for target in _composed(form):
            found.setdefault(target, Meaning(target, 2))
    return tuple(sorted(found.values(), key=lambda m: (m.rank, m.place)))


def generics(header: str) -> tuple[str, ...]:
    """What a header means that says nothing by itself, for `Kind.means`; nothing for any other."""
    return _generic().get(compact(bare(header)), ())


def compact(header: str) -> str:
    """A header without case, width, spaces and signs: `Order_No.` and `orderNo` are both orderno."""
    return "".join(words(header))


def words(header: str) -> list[str]:
    """The words of a header; a stretch of Chinese is one word."""
    plain = _plain(header).replace("#", " no ")
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return re.findall(r"[a-z0-9]+|[^\W_a-z0-9]+", parted.lower())


def currency(header: str) -> str | None:
    """The currency that a header names as its unit: 金额(元), Amount (USD), Total £."""
    plain = _plain(header).lower()
    unit = re.search(r"[(\[](?:单位[::]?)?\s*([^)\]]+?)\s*[)\]]\s*$|[\s_/](\w{3}|[€£¥])$", plain)
    return CURRENCIES.get((unit[1] or unit[2]).strip()) if unit else None


def bare(header: str) -> str:
    """A header without the currency that it names as its unit."""
    plain = _plain(header)
    return re.sub(r"[(\[][^)\]]*[)\]]\s*$|[\s_/](?:\w{3}|[€£¥])$", "", plain) if currency(header) else plain


def _plain(header: str) -> str:
    """A header in one width and one script."""
    return simplified(unicodedata.normalize("NFKC", header))


def _forms(header: str) -> Iterator[tuple[int, str]]:
    """The header as it stands, then without what stands in brackets, then with that in front."""
    plain = _plain(header)
    yield 0, plain
    bracket = re.search(r"[(\[【](.*?)[)\]】]", plain)
    if bracket:
        without = plain[: bracket.start()] + plain[bracket.end() :]
        yield 0, f"{bracket[1]} {without}"
        yield 1, without
    if currency(header):
        yield 1, bare(header)
    if len(words(plain)) > 2 and words(plain)[0] in _NOISE:
        yield 1, " ".join(words(plain)[1:])
    singular = re.sub(r"(?<=[a-z]{3})(?<![sui])s\b", "", " ".join(words(plain)))
    if singular != " ".join(words(plain)):
        yield 1, singular
    parts = re.split(r"[/.:>|]", plain)
    if len(parts) > 1:
        yield from ((1, part) for part in (parts[-1:] if plain.isascii() else parts))


#: Words in front of a header that do not change what it means.
_NOISE = set("to s the of primary main default current home amazon ebay etsy shopify".split())

#: Names of columns that say nothing without their table.
_VAGUE = set(
    "name kind at value status channel amount since until period unit country region city number day "
    "text".split()
)


@cache
def _named() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Every header of the vocabulary, and the targets that it names."""
    named: dict[str, dict[str, int]] = {}
    for target, column in targets().items():
        if "." not in target:
            continue
        own = "" if column.name in _VAGUE and not target.startswith(("people", "orders")) else column.name
        for header, place in _headers_of(target, (own, column.title.en, column.title.zh)):
            named.setdefault(compact(header), {}).setdefault(target, place)
    return {header: tuple(found.items()) for header, found in named.items()}


@cache
def _generic() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group, said in generic().items():
        for header in said:
            found[compact(header)] = (*found.get(compact(header), ()), group)
    return found


def _headers_of(target: str, own: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Every header of a target, and how far down in its language's list it stands."""
    yield from ((header, place) for place, header in enumerate(own) if header)
    table, name = target.split(".")
    for language in languages():
        yield from (
            (header, place) for place, header in enumerate(language.targets.get(table, {}).get(name, ()), 3)
        )


def _composed(header: str) -> Iterator[str]:
    """The target of an entity beside an attribute."""
    spoken = "".join(word for word in words(header) if word not in _NOISE)
    for entity, names in entities().items():
        for name in sorted(names, key=len, reverse=True):
            rest = spoken.removeprefix(name)
            if rest != spoken:
                yield from _attribute_of(entity, rest)


def _attribute_of(entity: str, rest: str) -> Iterator[str]:
    for attribute, target in ATTRIBUTE_OF[entity].items():
        if rest in attributes()[attribute]:
            yield target
