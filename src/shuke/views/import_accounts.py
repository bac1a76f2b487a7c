"""Import accounts: what do the accounts of an import say to a reader?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shuke import formats
from shuke.app import Opened
from shuke.languages import N_, Text, _
from shuke.store.accounts import Account, UnusedColumn
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL
from shuke.tables.semantic_types import TITLES, VITAL, SemanticType

#: How many columns are named at once.
NAMED = 8

#: Of more than so large a part of its rows a sense is missed.
MOST = 0.5

#: What many sources have no need to say.
_OPTIONAL = (SemanticType.STATUS, SemanticType.DIRECTION)

_LACKS = {
    SemanticType.DAY: N_("{number} have no day"),
    SemanticType.AMOUNT: N_("{number} have no amount"),
    SemanticType.CUSTOMER: N_("{number} have no customer"),
}
_LOOKS = {
    SemanticType.DAY: N_("{column} (looks like a date)"),
    SemanticType.ORDER: N_("{column} (looks like an order number)"),
    SemanticType.CUSTOMER: N_("{column} (looks like a customer)"),
    SemanticType.QUANTITY: N_("{column} (looks like a quantity)"),
    SemanticType.AMOUNT: N_("{column} (looks like an amount)"),
    SemanticType.CURRENCY: N_("{column} (looks like a currency)"),
    SemanticType.STATUS: N_("{column} (looks like a status)"),
    SemanticType.DIRECTION: N_("{column} (looks like a direction)"),
}


def columns(account: Account) -> str:
    """How many columns feed something, and which are kept aside, those that look like something first."""
    feeding = formats.number(len(account.feeds))
    if not account.aside:
        return _("{feeding} columns, and each feeds something").format(feeding=feeding)
    first = sorted(account.aside, key=lambda each: each.looks is None)
    told = [_named(each) for each in first[: max(NAMED, len(account.suspects))]]
    told += ["…"] if len(told) < len(first) else []
    return _("{feeding} of {all} columns feed something; kept aside: {names}").format(
        feeding=feeding, all=formats.number(len(account.feeds) + len(first)), names=_listed(told)
    )


def rows(account: Account, currency: str) -> str | None:
    """How many rows say what: what all say, what some, what none; None where rows of their kind need not."""
    said = {SemanticType(sense): number for sense, number in account.says.items() if account.rows}
    whole = [sense for sense, number in said.items() if number == account.rows]
    some = [sense for sense, number in said.items() if 0 < number < account.rows]
    none = [sense for sense, number in said.items() if not number and sense not in _OPTIONAL]
    told = [
        *([_("all have {senses}").format(senses=_titled(whole))] if whole else []),
        *(_("{number} have {sense}").format(number=formats.number(said[s]), sense=TITLES[s]) for s in some),
        *([_("none has {senses}").format(senses=_titled(none))] if none else []),
        *([_("their amounts count as {currency}").format(currency=currency)] if _priced(said) else []),
    ]
    senses = str(Text("; ", "；")).join(told)
    return (
        _("of {rows} rows, {senses}").format(rows=formats.number(account.rows), senses=senses)
        if told
        else None
    )


def _priced(said: Mapping[SemanticType, int]) -> bool:
    """Whether there are amounts, and none says in which currency."""
    return bool(said.get(SemanticType.AMOUNT)) and said.get(SemanticType.CURRENCY) == 0


def _titled(senses: Iterable[SemanticType]) -> str:
    return _listed(str(TITLES[sense]) for sense in senses)


def wanting(receipt: Receipt) -> list[str]:
    """One sentence for each sheet most of whose rows have no day, no amount, or nobody."""
    return [said for account in receipt.accounts if (said := _wanting(account))]


@dataclass(frozen=True)
class IncompleteLines:
    """A source most of whose order lines in a build have no day, no amount, or nobody."""

    source: str
    lines: int
    lacking: tuple[tuple[SemanticType, int], ...]

    def __str__(self) -> str:
        return _("Of {rows} order lines from {source}, {missing}. Look at how its columns are read.").format(
            rows=formats.number(self.lines), source=self.source, missing=missed(self.lacking, self.lines)
        )


def incomplete_lines(opened: Opened) -> tuple[IncompleteLines, ...]:
    """The sources of a build whose lines lack most of what lines should say."""
    if "incomplete_lines" not in opened.reader.tables:
        return ()
    by_source: dict[str, list[dict[str, Any]]] = {}
    for row in opened.table("incomplete_lines").order_by("source", "sense").to_pyarrow().to_pylist():
        by_source.setdefault(row["source"], []).append(row)
    found = (
        IncompleteLines(
            source, rows[0]["lines"], tuple((SemanticType(row["sense"]), row["lacking"]) for row in rows)
        )
        for source, rows in by_source.items()
    )
    return tuple(each for each in found if missed(each.lacking, each.lines))


def missed(says: Iterable[tuple[SemanticType, int]], rows: int) -> str | None:
    """Which of the vital senses most of some rows lack; None where they lack none."""
    lacking = [(sense, number) for sense, number in says if sense in VITAL and number > MOST * rows]
    return (
        _listed(_(_LACKS[sense]).format(number=formats.number(number)) for sense, number in lacking) or None
    )


def _wanting(account: Account) -> str | None:
    told = missed(((sense, account.lacks(sense)) for sense in map(SemanticType, account.says)), account.rows)
    if told is None:
        return None
    return _(
        "Of {rows} rows of {file} ({table}), {missing}, and they will be missing wherever that is asked for."
    ).format(
        rows=formats.number(account.rows),
        file=account.file,
        table=CANONICAL[account.table].title,
        missing=told,
    )


def _named(each: UnusedColumn) -> str:
    return _(_LOOKS[SemanticType(each.looks)]).format(column=each.column) if each.looks else each.column


def _listed(parts: Iterable[str]) -> str:
    return str(Text(", ", "、")).join(parts)
