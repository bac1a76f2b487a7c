"""File kinds: which kind is this file, by its headers and values together?

Decided before any one header is interpreted. Every kind is weighed by what speaks for it and against it; the
weights stand with the kinds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kind import FileKind
from shuke.collect.infer.headers import compact, generics, meanings
from shuke.collect.infer.plain_kinds import PLAIN, of_table
from shuke.collect.infer.trade_kinds import ARTICLES, LINES, MEMBERS, ORDERS
from shuke.collect.mapping import targets
from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.tables import CANONICAL, Type

__all__ = [
    "KINDS",
    "LINES",
    "MEMBERS",
    "ORDERS",
    "FileKind",
    "Scored",
    "are_silent",
    "by_looks",
    "decide",
    "fits",
    "named",
    "rivals",
    "scored",
    "signs",
]

#: Every kind; of two that as much speaks for, the earlier one.
_WEIGHED = (LINES, ORDERS, MEMBERS, ARTICLES, *PLAIN)
_WITHIN = {name for kind in _WEIGHED for name in kind.tables}
KINDS = (
    *_WEIGHED,
    *(of_table(table) for name, table in CANONICAL.items() if table.grain and name not in _WITHIN),
)

_NUMERIC = (Type.MONEY, Type.QUANTITY, Type.RATE, Type.NUMBER, Type.SHARE, Type.INTEGER)
_DATED = (Type.DATE, Type.TIME)

# Of the weights of a `FileKind`: what only agrees with it, is seldom said of another, and never is.
_AGREES, _SELDOM, _NEVER = 1, 3, 5

#: Columns that are named as speaking for a kind, the weightiest first.
_NAMED = 5

#: Of headers that say nothing by themselves: what their values must be able to be.
_TYPICAL: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("when", "start", "end", "due", "invoiced", "paid", "hired"), ("orders.ordered_at",)),
    **dict.fromkeys(
        ("amount", "total", "price", "cost", "discount", "tax", "points", "balance", "reach"),
        ("orders.total",),
    ),
}


#: What a header may say over e-mail addresses, or over mobile numbers, without being believed.
_NO_ADDRESS: Mapping[str, frozenset[str]] = {
    "email": frozenset(
        ("people.record_id", "people.name", "people.address", "identifiers.phone", "identifiers.user_id")
    ),
    "mobile": frozenset(("people.name", "identifiers.email", "identifiers.fax")),
}


@dataclass(frozen=True)
class Scored:
    """How much speaks for a kind; `why` has the columns that do, each with its weight."""

    kind: FileKind
    points: int
    why: tuple[tuple[int, tuple[str, ...]], ...]


def decide(
    headers: Collection[str], seen: Mapping[str, Shapes] | None = None, facts: Collection[str] = ()
) -> FileKind:
    """What the rows of a file with these headers are about; `seen` are the looks of its columns, `facts` what
    its rows show together."""
    return scored(headers, seen or {}, facts)[0].kind


def scored(
    headers: Collection[str], seen: Mapping[str, Shapes], facts: Collection[str] = ()
) -> tuple[Scored, ...]:
    """Every kind with what speaks for it, the likeliest first."""
    explained = signs(headers, seen) | dict.fromkeys(facts, ())
    return tuple(sorted((_weighed(kind, explained) for kind in KINDS), key=lambda one: -one.points))


def rivals(scores: Sequence[Scored]) -> tuple[FileKind, ...]:
    """The kinds that a file may be as much as another, the likeliest first; none where one is clear.

    What only agrees with a kind tells it from no other, unless a header stands there that is said of nothing
    else. Less than one header that is seldom said of anything else says nothing of what a file is: then it
    may be whatever something speaks for, or any of trade's.
    """
    best = scores[0]
    if _is_weak(best):
        spoken = [one.kind for one in scores if one.points > 0]
        return (*spoken, *(kind for kind in (LINES, ORDERS, MEMBERS, ARTICLES) if kind not in spoken))
    near = [one.kind for one in scores if _is_near(one, best)]
    return tuple(near) if len(near) > 1 else ()


def explained(scores: Sequence[Scored]) -> Text:
    """What a file was taken for, by which of its columns, and what it would have been next."""
    best, second = scores[:2]
    if _is_weak(best):
        return Text("Hardly anything says what its rows are", "几乎没有内容表明各行是什么")
    speaking = sorted((why for why in best.why if why[0] > 0), key=lambda why: -why[0])
    columns = ", ".join(list(dict.fromkeys(header for _, said in speaking for header in said))[:_NAMED])
    first, then = (f"{one.kind.title.en} ({one.points})" for one in (best, second))
    return Text(
        f"Taken for {first}, by {columns}; next: {then}",
        f"视为{best.kind.title.zh}（{best.points}），依据 {columns}；"
        f"其次为{second.kind.title.zh}（{second.points}）",
    )


def signs(headers: Collection[str], seen: Mapping[str, Shapes]) -> dict[str, tuple[str, ...]]:
    """What the columns of a file say of what it is about, and which of them say it."""
    full = [h for h in headers if seen.get(h, Shapes()).said] or list(headers)  # an empty column says nothing
    explained: dict[str, tuple[str, ...]] = {}
    silent = are_silent(full)
    for header in full:
        for sign in _said_by(header, seen.get(header, Shapes()), silent=silent):
            explained[sign] = (*explained.get(sign, ()), header)
    return explained


def fits(target: str, shapes: Shapes) -> bool:
    """Whether what the column holds can be what its header promises."""
    kind = targets()[target].type
    if not shapes.said:
        return True
    if kind in _NUMERIC:
        return shapes.number >= 0.5 * shapes.said or target == "interactions.seconds"
    if kind in _DATED:
        yearless = shapes.birthday if target == "people.birth_date" else 0
        return shapes.date + shapes.number + yearless >= 0.5 * shapes.said
    if target in ("identifiers.tax_id", "identifiers.national_id"):
        return shapes.fraction < 0.5 * shapes.said  # `VAT` over amounts of it
    if target.endswith(".status"):  # a state of the United States, or what became of an order
        return shapes.state > 0 or not shapes.mostly("initials")
    if target.endswith(".region"):  # a state is a part of a country, or what became of an order
        return shapes.state < 0.5 * shapes.said
    return True


def by_looks(header: str, shapes: Shapes, *, silent: bool = False) -> str | None:
    """What only the values of a column can say; a shop's orders are often called by a plain `Name`: #1001.

    In a file that is `silent`, for none of its headers says anything, addresses are what it is a list of.
    """
    if shapes.mostly("hash") and compact(header) in ("name", "order", "no"):
        return "orders.order_no"
    plain = {meaning.target for meaning in meanings(header) if meaning.rank < 3}
    for shape, target in (("email", "identifiers.email"), ("mobile", "identifiers.phone")):
        if shapes.mostly(shape) and (silent or plain & _NO_ADDRESS[shape]) and target not in plain:
            return target
    return None


def are_silent(headers: Iterable[str]) -> bool:
    """Whether none of these headers says anything, not even which sort of thing its column holds."""
    return not any(generics(h) or any(m.rank < 3 for m in meanings(h)) for h in headers)


def named(table: str) -> FileKind:
    """The kind of file whose rows are rows of a table; raises `WrongCall` where no file is of that kind."""
    kinds = {kind.name: kind for kind in KINDS}
    if table not in kinds:
        raise WrongCall(
            N_("No file is read as {table}. There are: {tables}."),
            table=table,
            tables=", ".join(sorted(kinds)),
        )
    return kinds[table]


def _said_by(header: str, shapes: Shapes, *, silent: bool) -> Iterator[str]:
    """What one column speaks for. A header that says nothing by itself speaks for no more than its kind."""
    overruled = by_looks(header, shapes, silent=silent)
    words = () if overruled else generics(header)
    yield from (f"~{word}" for word in words if all(fits(t, shapes) for t in _TYPICAL.get(word, ())))
    if overruled:
        yield overruled
    elif not words:
        yield from (m.target for m in meanings(header) if m.rank < 3 and fits(m.target, shapes))
    yield from (f"#{shape}" for shape in ("email", "mobile") if shapes.mostly(shape))


def _is_weak(best: Scored) -> bool:
    return best.points < _SELDOM


def _is_near(one: Scored, best: Scored) -> bool:
    """Whether as much speaks for a kind as for the likeliest, within what tells none from another.

    Where something speaks against one of them and nothing against the likeliest, it is settled: dealings name
    whom they were with as fully as a list of people does, which has no sum and day in each row.
    """
    if one is best:
        return True
    by_itself = _speaks_alone(best) and not _speaks_alone(one)
    against = _is_spoken_against(one) and not _is_spoken_against(best)
    return one.points >= max(best.points - _AGREES, _SELDOM) and not by_itself and not against


def _is_spoken_against(one: Scored) -> bool:
    return any(weight < 0 for weight, _ in one.why)


def _speaks_alone(one: Scored) -> bool:
    return any(weight >= _NEVER for weight, _ in one.why)


def _weighed(kind: FileKind, explained: Mapping[str, tuple[str, ...]]) -> Scored:
    met = [(weight, _speaking(sign, explained)) for weight, sign in kind.signs if _met(sign, explained)]
    return Scored(kind, sum(weight for weight, _ in met), tuple(met))


def _met(sign: str, explained: Mapping[str, tuple[str, ...]]) -> bool:
    return all(
        any((o[1:] not in explained) if o[0] == "!" else (o in explained) for o in each)
        for each in _parts(sign)
    )


def _is_met(one: str, explained: Mapping[str, tuple[str, ...]]) -> bool:
    return one[1:] not in explained if one.startswith("!") else one in explained


def _speaking(sign: str, explained: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The columns that a sign rests on."""
    found: Iterable[str] = (
        header for each in _parts(sign) for one in each for header in explained.get(one, ())
    )
    return tuple(dict.fromkeys(found))


@cache
def _parts(sign: str) -> tuple[tuple[str, ...], ...]:
    """`a | b & !c` as ((a, b), (!c,))."""
    return tuple(tuple(one.strip() for one in part.split("|")) for part in sign.split("&"))
