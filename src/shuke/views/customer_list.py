"""Customer list: who are the customers, with whichever of their figures somebody wants beside them?

A column of another table that has one row a customer is named with its table: `lifecycle.status`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shuke.app import Opened, Project
from shuke.engage import annotations
from shuke.engage.annotations import AnnotationKind
from shuke.tables import Column
from shuke.views import beside, tables
from shuke.views.beside import CUSTOMER, GOLDEN
from shuke.views.names import names_of
from shuke.views.query import Query
from shuke.views.tables import Page
from shuke.views.viewer import Viewer

#: What stands beside each customer until somebody chooses otherwise; of these, what the build has.
USUAL = (
    "name", "organisation", "lifecycle.status", "rfm.tier", "rfm.last_day", "rfm.monetary_12m",
    "lifecycle.expected_on", "customer_labels.owner", "customer_labels.tags", "phone", "email",
)  # fmt: skip

_LABELS = "customer_labels"


@dataclass(frozen=True, kw_only=True)
class CustomerList:
    """A page of customers, each row with the columns of other tables under their full names."""

    page: Page
    columns: tuple[Column, ...]  # those that are shown
    rows: tuple[Mapping[str, Any], ...]


def choices(project: Project, opened: Opened, *, viewer: Viewer) -> dict[str, Column]:
    """Every column that may stand in the list, by name: of the golden record, then of each other table."""
    known = tables.tables(project, opened)
    others = beside.columns(opened, known)
    seen = {name: column for name, column in others.items() if not column.pii or viewer.sees_personal}
    return {column.name: column for column in known[GOLDEN].written} | seen


def look(project: Project, query: Query, *, viewer: Viewer, wanted: Iterable[str] = USUAL) -> CustomerList:
    """The customers that a query means, with the columns wanted; that somebody looked is written down."""
    opened = project.open()
    known = choices(project, opened, viewer=viewer)
    page = tables.rows(project, GOLDEN, query, viewer=viewer)
    columns = tuple(known[name] for name in dict.fromkeys(wanted) if name in known)
    rows = with_columns(project, opened, list(page), columns, viewer=viewer)
    return CustomerList(page=page, columns=columns, rows=rows)


def with_columns(
    project: Project, opened: Opened, rows: list[dict[str, Any]], columns: Iterable[Column], *, viewer: Viewer
) -> tuple[Mapping[str, Any], ...]:
    """Rows of customers with what other tables say of them; who has told no name goes by what is known."""
    whose = [row[CUSTOMER] for row in rows]
    nameless = [row[CUSTOMER] for row in rows if row["name"] is None and row["organisation"] is None]
    called = names_of(opened, nameless, viewer=viewer) if nameless else {}
    by_table: dict[str, list[str]] = {}
    for column in columns:
        table, _, own = column.name.rpartition(".")
        if table:
            by_table.setdefault(table, []).append(own)
    said: dict[str, dict[str, Any]] = {one: {} for one in whose}
    for table, names in by_table.items():
        for row in opened.reader.rows(table, CUSTOMER, whose, [CUSTOMER, *names]).to_pylist():
            said[row[CUSTOMER]] |= {f"{table}.{name}": row[name] for name in names}
    if _LABELS in by_table:
        for one, labels in _said_since(project, whose).items():
            said[one] |= labels
    nothing = {column.name: None for column in columns}
    named = ({**row, "name": row["name"] or called.get(row[CUSTOMER])} for row in rows)
    return tuple({**nothing, **row, **said[row[CUSTOMER]]} for row in named)


def ids(project: Project, query: Query, *, viewer: Viewer, most: int) -> list[str]:
    """The customers that a query means, at most so many."""
    found = tables.select(project, GOLDEN, query, viewer=viewer).shown(limit=most)
    customers: list[str] = found.select(CUSTOMER).to_pyarrow()[CUSTOMER].to_pylist()
    return customers


def _said_since(project: Project, whose: Collection[str]) -> dict[str, dict[str, Any]]:
    """What people said of customers, whether a build has taken it in or not."""
    found: dict[str, dict[str, Any]] = {}
    with project.operations.reading() as connection:
        by_customer = annotations.of_each(connection, whose)
    for one, said in by_customer.items():
        tags = [each.value for each in said if each.kind is AnnotationKind.TAG]
        owner = next((each.value for each in said if each.kind is AnnotationKind.OWNER), None)
        found[one] = {f"{_LABELS}.owner": owner, f"{_LABELS}.tags": ", ".join(sorted(tags)) or None}
    return found
