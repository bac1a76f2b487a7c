"""Tables: which tables are there to look at, and which rows does this viewer get to see?

What a viewer must not see is masked by the engine, and they can neither filter, sort nor search by it:
an order or a count would give it away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.access import masking
from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import parameterised
from shuke.engine.sql_filter import FilteredRows
from shuke.engine.workers import QueryLimits
from shuke.errors import Denied, UnknownTable, WrongCall
from shuke.graph import catalogue
from shuke.graph.names import LANDED
from shuke.identity.pseudonyms import Pseudonym
from shuke.languages import N_, Text
from shuke.tables import CANONICAL, Column, Derived, Type, renamed
from shuke.views import beside, meant
from shuke.views.json_text import UNTOLD
from shuke.views.names import is_customer_id, names, names_of
from shuke.views.parameters import answers
from shuke.views.query import Declared, Query, holds
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One table of a build, as a shelf shows it."""

    name: str
    title: Text
    about: Text | None
    area: str  # identity, profiles, dealings, quality, analyses, alerts, or landing
    rows: int
    as_of: date
    failed: str | None = None
    charts: int = 0


BATCH_ROWS = 50_000

#: What SQL that somebody writes may take: of a server on which others wait, and of one's own machine.
SERVED, AT_HOME = QueryLimits(), QueryLimits(seconds=600, memory=3 * 2**30, rows=10_000_000, bytes=2 * 2**30)

#: The same of a server where rows are handed on as they come, as those of a download.
STREAMED = replace(SERVED, rows=AT_HOME.rows, bytes=AT_HOME.bytes)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The rows that a query means, not yet computed: filtered and in order, unmasked until `shown`."""

    name: str
    declared: Declared
    opened: Opened
    table: ir.Table
    unordered: ir.Table  # the same rows: the engine would sort them all before it counts them
    hidden: frozenset[str]  # columns of which the viewer sees a mask
    chosen: FilteredRows | None = None  # where somebody has written a condition in SQL
    every: int | None = None  # how many rows there are, where they are all that the build has

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.declared.written

    def shown(self, *, limit: int | None = None, offset: int = 0) -> ir.Table:
        cut = self.table if limit is None and not offset else self.table.limit(limit, offset=offset)
        return masked(cut, self.columns, self.hidden)

    def batches(self, *, limit: int | None = None, offset: int = 0) -> pa.RecordBatchReader:
        """The rows as they come, for what may not fit into memory at once."""
        shown = self.shown(limit=limit, offset=offset)
        if self.chosen:
            return self.chosen.batches(shown)
        # By hand, for Ibis 12 asks for the stream by a name that DuckDB 2 no longer knows.
        query = ibis.to_sql(shown, dialect="duckdb")
        return self.opened.reader.backend.con.cursor().sql(query).to_arrow_reader(BATCH_ROWS)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> pa.Table:
        """A page of them."""
        shown = self.shown(limit=limit, offset=offset)
        return self.chosen.rows(shown) if self.chosen else shown.to_pyarrow()

    def count(self) -> int:
        if self.every is not None:
            return self.every
        if self.chosen:
            return int(self.chosen.rows(self.unordered.aggregate(n=ibis._.count()))["n"][0].as_py())
        return int(self.unordered.count().to_pyarrow().as_py())


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of a table and how many there are in all."""

    name: str
    declared: Declared = field(metadata=UNTOLD)
    query: Query
    rows: pa.Table
    total: int
    as_of: date
    build: int
    hidden: frozenset[str] = frozenset()
    learnt_in: int | None = None  # the build in which it was learnt, where it stays while little comes

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.declared.written

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows.to_pylist())


def catalog(project: Project) -> tuple[Listed, ...]:
    """Every table of the current build, derived ones first, shelf by shelf."""
    opened = project.open()
    known = tables(project, opened)
    listed = [_listed(name, known[name], opened) for name in opened.build.manifest.tables if name in known]
    return tuple(
        sorted(listed, key=lambda t: (AREAS.index(t.area) if t.area in AREAS else len(AREAS), t.name))
    )


#: The first rows of a table, by its key.
FIRST = Query()

#: The order of the shelves.
AREAS = ("analyses", "alerts", "segments", "profiles", "dealings", "quality", "identity", "landing")


def rows(project: Project, name: str, query: Query = FIRST, *, viewer: Viewer) -> Page:
    """A page of a table of the current build; who sees people in it is written down."""
    page = peek(project, name, query, viewer=viewer)
    note(project, page, viewer=viewer)
    return page


def peek(project: Project, name: str, query: Query, *, viewer: Viewer) -> Page:
    """`rows` for a caller who writes down the look in words of its own."""
    viewer.require(Capability.SEE)
    opened = project.open()

    def look() -> Page:
        return page_of(_select(project, opened, name, query, viewer), query)

    if not query.begins:
        return look()
    # With what a table begins it does for all who see as much of people.
    asked = (name, query.order_by, query.descending, query.limit)
    return opened.once(("page", *asked, viewer.sees_personal), look)


def page_of(found: Selection, query: Query) -> Page:
    """The page of a selection that a query asks for."""
    shown = found.rows(limit=query.limit, offset=query.offset)
    # A page that is not full is the last one, and tells how many rows there are.
    last = (query.limit is None or shown.num_rows < query.limit) and (shown.num_rows or not query.offset)
    asked_otherwise = bool(query.parameters)
    manifest = found.opened.build.manifest
    made = None if asked_otherwise else manifest.tables.get(found.name)
    return Page(
        name=found.name,
        declared=found.declared,
        query=query,
        rows=shown,
        total=query.offset + shown.num_rows if last else found.count(),
        as_of=manifest.as_of if asked_otherwise else manifest.day_of(found.name),
        build=manifest.number,
        hidden=found.hidden,
        learnt_in=made.build if made and made.learnt else None,
    )


def note(project: Project, page: Page, *, viewer: Viewer, named: bool = False) -> None:
    """Write down that people were looked at, as when they are `named` beside the rows; figures without
    anybody in them are nobody's business."""
    if page.rows.num_rows and (named or personal(page.columns) - page.hidden):
        event = AuditEvent(
            verb="looked_at_table", subject_kind="table", subject_id=page.name, count=page.rows.num_rows
        )
        viewer.did(project.operations, event)


def called(page: Page, opened: Opened, *, viewer: Viewer) -> dict[str, str]:
    """What the customers of a page are called, by id, in whatever column the id stands."""
    if "customers" not in opened.reader.tables:
        return {}
    texts = (each.name for each in page.rows.schema if pa.types.is_string(each.type))
    values = (value for name in texts if name != "issued_id" for value in page.rows[name].to_pylist())
    ids = tuple(dict.fromkeys(value for value in values if is_customer_id(value)))
    return opened.once(("called", viewer.sees_personal, ids), lambda: names_of(opened, ids, viewer=viewer))


#: The columns in which a table may tell of customers by their ids; a rule's `subject` may be something else.
IDS = ("customer_id", "subject")


def _ids(declared: Declared, opened: Opened) -> str | None:
    """The column whose ids are all that a table tells of customers, if there is one."""
    columns = {column.name for column in declared.written}
    if "name" in columns or "customers" not in opened.reader.tables:
        return None
    return next((each for each in IDS if each in columns), None)


def select(project: Project, name: str, query: Query, *, viewer: Viewer) -> Selection:
    """What a query means for a viewer; raises `UnknownTable`, `WrongCall` or `Denied`."""
    viewer.require(Capability.SEE)
    return _select(project, project.open(), name, query, viewer)


def _select(project: Project, opened: Opened, name: str, query: Query, viewer: Viewer) -> Selection:
    stands = declaration(project, opened, name)
    made = _asked(project, opened, stands, query)
    declared, made = beside.widened(opened, tables(project, opened), stands, made, query)
    hidden = unseen(declared, viewer)
    _check_columns(query, declared, hidden)
    asked = meant.only(project, opened, made, query.meant, viewer)
    where = _where(asked, opened, query, viewer)
    ids = _ids(declared, opened) if query.search and viewer.sees_personal else None
    called = (ids, names(opened, viewer)) if ids else None
    found = _found(where.table if where else asked, declared, query, hidden, called)
    ordered = found.order_by(in_order(found, declared, query, hidden, project.pseudonym))
    return Selection(
        name=_present(opened, name), declared=declared, opened=opened, table=ordered, unordered=found,
        hidden=hidden, chosen=where, every=None if query.narrows else _rows_of(opened, name),
    )  # fmt: skip


def sql(project: Project, query: str, *, viewer: Viewer) -> pa.Table:
    """The rows of one SELECT over the tables of the current build."""
    viewer.require(Capability.RUN_SQL)
    viewer.require(Capability.SEE_PERSONAL)
    return project.open().reader.sql(query, AT_HOME if viewer.is_at_home else SERVED)


def tables(project: Project, opened: Opened) -> dict[str, Declared]:
    """Every table that may stand in this build, as it is declared."""
    return _tables(project.root, opened.build.number)


def standing(project: Project, opened: Opened) -> dict[str, Declared]:
    """Every table of this build that is declared still."""
    made = opened.build.manifest.tables
    return {name: table for name, table in tables(project, opened).items() if name in made}


def declaration(project: Project, opened: Opened, name: str) -> Declared:
    """A table of this build as it is declared; raises `UnknownTable`, or `WrongCall` where it failed."""
    name = _present(opened, name)
    opened.build.path(name)
    failed = opened.build.manifest.tables[name].failed
    if failed:
        raise WrongCall(N_("Table {table} could not be made: {reason}"), table=name, reason=failed)
    known = tables(project, opened)
    if name not in known:
        raise UnknownTable(N_("Table {table} of this build is not declared any more."), table=name)
    return known[name]


def personal(columns: tuple[Column, ...]) -> frozenset[str]:
    return frozenset(column.name for column in columns if column.pii)


def unseen(declared: Declared, viewer: Viewer) -> frozenset[str]:
    """The columns of which a viewer sees a mask."""
    return frozenset() if viewer.sees_personal else personal(declared.written)


def masked(table: ir.Table, columns: tuple[Column, ...], hidden: frozenset[str]) -> ir.Table:
    """The table with what is hidden masked."""
    return table.mutate(**{c.name: mask(table[c.name], c.pii) for c in columns if c.name in hidden})


def mask(value: ir.Value, kind: str | None) -> ir.StringValue:
    """A kind that no rule knows is hidden whole."""
    return masking.mask(value, kind if kind in masking.RULES else "text")


@lru_cache(maxsize=8)
def _tables(root: Path, _build: int) -> dict[str, Declared]:
    """Kept by build: a server learns of a new analysis with the build that holds it."""
    landed = {LANDED + name: table for name, table in CANONICAL.items()}
    return {**landed, **catalogue.derived(root)}


def _listed(name: str, declared: Declared, opened: Opened) -> Listed:
    made = opened.build.manifest.tables[name]
    derived = declared if isinstance(declared, Derived) else None
    return Listed(
        name=name,
        title=declared.title,
        about=derived.about if derived else declared.note if not isinstance(declared, Derived) else None,
        area=derived.area if derived else "landing",
        rows=made.rows,
        as_of=opened.build.manifest.day_of(name),
        failed=made.failed,
        charts=len(derived.charts) if derived else 0,
    )


def _asked(project: Project, opened: Opened, declared: Declared, query: Query) -> ir.Table:
    if isinstance(declared, Derived) and query.parameters:
        return parameterised.ask(project, opened, declared.name, answers(declared, query.parameters))
    if query.parameters:
        raise WrongCall(N_("Table {table} takes no parameters."), table=declared.name)
    name = declared.name if isinstance(declared, Derived) else LANDED + declared.name
    return opened.table(name)


def _rows_of(opened: Opened, name: str) -> int:
    """How many rows a table of the build has in all."""
    return opened.build.manifest.tables[_present(opened, name)].rows


def _present(opened: Opened, name: str) -> str:
    """The name that a table has in this build, if it was asked for by an older one."""
    return name if name in opened.build.manifest.tables else renamed.table(name)


def _where(table: ir.Table, opened: Opened, query: Query, viewer: Viewer) -> FilteredRows | None:
    if not query.where:
        return None
    viewer.require(Capability.RUN_SQL)
    viewer.require(Capability.SEE_PERSONAL)
    return FilteredRows(opened.reader, table, query.where, AT_HOME if viewer.is_at_home else STREAMED)


def _found(
    table: ir.Table,
    declared: Declared,
    query: Query,
    hidden: frozenset[str],
    called: tuple[str, ir.Table] | None,
) -> ir.Table:
    """The rows that meet the conditions; a search finds customers by what they are `called`, too."""
    conditions = holds(table, declared, query.filters)
    if query.search:
        wanted = query.search.strip().lower()
        seen = [
            c.name for c in declared.written if c.type in (Type.TEXT, Type.CURRENCY) and c.name not in hidden
        ]
        hits = [table[name].lower().contains(wanted) for name in seen]
        if called:
            ids, known = called
            hits.append(table[ids].isin(known.filter(known.name.lower().contains(wanted)).customer_id))
        conditions.append(ibis.or_(*hits))
    return table.filter(conditions) if conditions else table


def in_order(
    table: ir.Table, declared: Declared, query: Query, hidden: frozenset[str], pseudonym: Pseudonym
) -> list[ir.Value]:
    """As asked, then by the key, so that pages neither overlap nor leave gaps."""
    key = declared.key if isinstance(declared, Derived) else ("key",)
    # What stands for a hidden key tells nothing by its place.
    rest = [k for k in key if k != query.order_by]
    last = [pseudonym(table[k].cast("string")) if k in hidden else table[k] for k in rest]
    if query.order_by is None:
        return last
    first = table[query.order_by]
    return [
        ibis.desc(first, nulls_first=False) if query.descending else ibis.asc(first, nulls_first=False),
        *last,
    ]


def _check_columns(query: Query, declared: Declared, hidden: frozenset[str]) -> None:
    # A mask shows whether there is a value, so one may ask for that.
    used = [c.column for c in query.filters if c.op not in ("empty", "given")]
    for name in [*used, *([query.order_by] if query.order_by else [])]:
        declared[name]  # says so when there is none of that name
        if name in hidden:
            raise Denied(
                N_("Column {column} is masked for you, so you cannot filter or sort by it."), column=name
            )
