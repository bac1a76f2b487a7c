"""Dictionary: which tables and columns are there, what do they hold, and how personal is it?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from shuke.app import Project
from shuke.errors import UnknownTable
from shuke.graph import catalogue
from shuke.graph.names import LANDED
from shuke.languages import N_, Text
from shuke.tables import CANONICAL, Canonical
from shuke.views.query import Declared


@dataclass(frozen=True, kw_only=True)
class DictionaryEntry:
    """One column of one table."""

    table: str
    table_title: Text
    about: Text | None
    area: str  # landing, or the shelf of a derived table
    column: str
    title: Text
    type: str
    unit: str | None
    personal: str | None  # how it gives a person away; none: it does not
    key: bool  # part of what makes a row unique
    days_believed: int | None  # how long a fact may be believed; none: it does not age
    note: Text | None


def dictionary(project: Project | None = None, table: str | None = None) -> tuple[DictionaryEntry, ...]:
    """Every column of every table, those of the landing zone first; or those of one table.

    A table's name finds the derived table of that name, else the canonical one.
    """
    derived = catalogue.derived(project.root if project else None)
    known: dict[str, Declared] = {**{LANDED + n: c for n, c in CANONICAL.items()}, **derived}
    if table is not None:
        name = table if table in known else LANDED + table
        if name not in known:
            raise UnknownTable(
                N_("No table is named {table}. There are: {tables}."), table=table, tables=", ".join(known)
            )
        known = {name: known[name]}
    return tuple(entry for name, declared in known.items() for entry in _entries(name, declared))


def markdown(entries: Iterable[DictionaryEntry]) -> str:
    """The dictionary as a page, in both languages at once."""
    return "\n".join(_page(tuple(entries))) + "\n"


def _entries(name: str, declared: Declared) -> Iterator[DictionaryEntry]:
    about = declared.note if isinstance(declared, Canonical) else declared.about
    area = "landing" if isinstance(declared, Canonical) else declared.area
    for column in declared.written:
        yield DictionaryEntry(
            table=name,
            table_title=declared.title,
            about=about,
            area=area,
            column=column.name,
            title=column.title,
            type=column.type.value,
            unit=column.unit,
            personal=column.pii,
            key=column.name in declared.key,
            days_believed=column.ttl.days if column.ttl else None,
            note=column.note,
        )


def _page(entries: tuple[DictionaryEntry, ...]) -> Iterator[str]:
    yield "# Data dictionary · 数据字典"
    yield ""
    yield "Written from the declarations in the code by `make docs`. A key column is marked with \\*."
    for _, group in groupby(entries, key=lambda e: e.table):
        columns = tuple(group)
        yield from _section(columns)


def _section(columns: tuple[DictionaryEntry, ...]) -> Iterator[str]:
    first = columns[0]
    yield f"\n## `{first.table}` · {first.table_title.en} · {first.table_title.zh}\n"
    if first.about:
        yield f"{first.about.en} {first.about.zh}\n"
    yield "| column | English | 中文 | type | unit | personal | note |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for column in columns:
        yield _line(column)


def _line(entry: DictionaryEntry) -> str:
    note = f"{entry.note.en} {entry.note.zh}" if entry.note else ""
    believed = f"Believed for {entry.days_believed} days. " if entry.days_believed else ""
    cells = (
        f"`{entry.column}`" + ("\\*" if entry.key else ""), entry.title.en, entry.title.zh, entry.type,
        entry.unit or "", entry.personal or "", believed + note,
    )  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
