"""Headers: which meanings may a column's header have?

The vocabulary's own names and titles and the headers of each language come first; then an entity beside an
attribute: `Ship-to phone`, 收货人手机 and `Téléphone de livraison` are all the recipient's phone, though
nobody listed them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from shuke.collect.infer.grammar import (
    ATTRIBUTE_OF,
    attributes,
    entities,
    generic,
    languages,
    noise,
)
from shuke.collect.infer.permission_headers import permission
from shuke.collect.mapping import targets
from shuke.collect.values import currency_words
from shuke.collect.values.folding import plainly
from shuke.tables.permissions import PREFIX


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
    if told := permission(words(header)):
        found[told.target] = Meaning(told.target, 0)
    for rank, form in _forms(header):
        for target, place in _named().get(compact(form), ()):
            found.setdefault(target, Meaning(target, rank, place))
    for _, form in _forms(header):
        for target in _composed(form):
            found.setdefault(target, Meaning(target, 2))
    return tuple(sorted(found.values(), key=lambda m: (m.rank, m.place)))


def generics(header: str) -> tuple[str, ...]:
    """What a header means that says nothing by itself, for `Kind.means`; nothing for any other."""
    plain = bare(header)
    found = _generic().get(compact(plain)) or _generic().get(_without_noise(plain), ())
    return () if found == ("reference",) and not header.isascii() else found  # `Référence` is no English


def owners(header: str) -> set[str]:
    """Whose attribute a header names, by its parts."""
    return {entity for _, form in _forms(header) for entity, _ in _parted(form)}


def compact(header: str) -> str:
    """A header without case, width, spaces and signs: `Order_No.` and `orderNo` are both orderno."""
    return "".join(words(header))


def words(header: str) -> list[str]:
    """The words of a header; a stretch of Chinese is one word."""
    plain = plainly(header).replace("#", " no ")
    parted = plain if plain.islower() else _HUMPS.sub(" ", plain)
    return _WORDS.findall(parted.lower())


_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")


def bare(header: str) -> str:
    """A header without the currency that it names as its unit."""
    return currency_words.without(plainly(header))


def _spellings(header: str) -> set[str]:
    """A header as it is compared: with its umlauts left out, or written out; with and without small words."""
    found = set()
    for form in {header, header.lower().translate(_WRITTEN_OUT)}:
        said = words(form)
        found |= {"".join(said), "".join(word for word in said if word not in noise())}
    return found - {""}


_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _without_noise(header: str) -> str:
    return "".join(word for word in words(header) if word not in noise())


def _forms(header: str) -> Iterator[tuple[int, str]]:
    """The header as it stands, then without what stands in brackets, then with that in front."""
    plain = plainly(header)
    yield 0, plain
    bracket = re.search(r"[(\[【](.*?)[)\]】]", plain)
    if bracket:
        without = plain[: bracket.start()] + plain[bracket.end() :]
        yield 0, f"{bracket[1]} {without}"
        yield 1, without
    if currency_words.in_header(plain):
        yield 1, currency_words.without(plain)
    if set(words(plain)) & noise():
        yield 1, " ".join(word for word in words(plain) if word not in noise())
    singular = re.sub(r"(?<=[a-z]{3})(?<![sui])s\b", "", " ".join(words(plain)))
    if singular != " ".join(words(plain)) and compact(singular) not in _entities():
        yield 1, singular  # but how many employees there are is no employee
    parts = re.split(r"[/.:>|]", plain)
    if len(parts) > 2:
        yield 0, " ".join(parts[-2:])  # Order Lines/Product/Name
    if len(parts) > 1 and not any(_composed(plain)):  # Goods/Name is no mere Name
        yield from ((1, part) for part in (parts[-1:] if plain.isascii() else parts))


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
        vague = column.name in _VAGUE and not target.startswith(("people", "orders"))
        own = "" if vague or target.startswith(PREFIX) else column.name
        for header, place in _headers_of(target, (own, column.title.en, column.title.zh)):
            for spelling in _spellings(header):
                named.setdefault(spelling, {}).setdefault(target, place)
    return {header: tuple(found.items()) for header, found in named.items()}


@cache
def _generic() -> Mapping[str, tuple[str, ...]]:
    return _spelt(generic())


@cache
def _entities() -> Mapping[str, tuple[str, ...]]:
    return _spelt(entities())


@cache
def _attributes() -> Mapping[str, tuple[str, ...]]:
    return _spelt(attributes())


def _spelt(groups: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Every spelling of the words of some groups, and the groups that it stands in."""
    found: dict[str, tuple[str, ...]] = {}
    for group, said in groups.items():
        for spelling in {spelling for header in said for spelling in _spellings(header)}:
            found[spelling] = (*found.get(spelling, ()), group)
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
    """The targets of an entity and its attribute."""
    for entity, attribute in _parted(header):
        if attribute in ATTRIBUTE_OF[entity]:
            yield ATTRIBUTE_OF[entity][attribute]


def _parted(header: str) -> Iterator[tuple[str, str]]:
    """The entities and attributes that a header is made of; the attribute stands behind, as in 收货人手机 and
    `Kundennummer`, or before, as in `Nom du client`."""
    spoken = _without_noise(header)
    for cut in range(len(spoken) - 1, 0, -1):
        yield from product(_entities().get(spoken[:cut], ()), _attributes().get(spoken[cut:], ()))
    for cut in range(1, len(spoken)):
        yield from product(_entities().get(spoken[cut:], ()), _attributes().get(spoken[:cut], ()))
