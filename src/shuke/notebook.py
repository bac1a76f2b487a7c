"""Notebook: what can one do with a customer database from Python?

Each verb takes a project; `shuke` offers all of them. What one looks at through them is written into the
audit log under door `notebook`, as through any other door.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from shuke import app
from shuke.access.roles import Capability
from shuke.actions import builds
from shuke.actions.grades import backtest as graded
from shuke.actions.imports import ingest
from shuke.app import Project, open_project
from shuke.builds.backtesting import HORIZON, BacktestResult
from shuke.collect import sheets
from shuke.collect.ingestion import ImportOptions
from shuke.collect.overlap import Overlap
from shuke.errors import UnknownCustomer, UnknownTable
from shuke.graph.report import Report, unreported
from shuke.languages import N_
from shuke.lazy import alt, pd
from shuke.models.session import VisitorEvent
from shuke.settings import Settings
from shuke.store.builds import Build
from shuke.store.landing import Receipt
from shuke.tables import Derived
from shuke.views import customer as customers
from shuke.views import overview as overviews
from shuke.views import segments, tables, visitors
from shuke.views.customer import CustomerPage
from shuke.views.find import find as find_customers
from shuke.views.insights import TableAsSeen
from shuke.views.overview import Overview
from shuke.views.query import Query
from shuke.views.viewer import Viewer, at_home

__all__ = [
    "arrow",
    "backtest",
    "build",
    "chart",
    "customer",
    "find",
    "import_files",
    "init",
    "open_project",
    "overview",
    "recommend",
    "segment",
    "sql",
    "table",
]

#: How amounts and quantities stand in a pandas frame.
Money = Literal["float", "decimal"]


def init(root: Path | str, **settings: Any) -> Project:
    """Make a project in a folder; `settings` are the fields of `shuke.settings.Settings`."""
    return app.init(root, Settings(**{"name": Path(root).resolve().name, **settings}))


def import_files(
    project: Project,
    source: str,
    files: str | Path | Iterable[str | Path],
    *,
    mapping: Path | None = None,
    table: str | None = None,
    overlap: Overlap | None = None,
) -> Receipt:
    """Take in a source's files, all or nothing; `UnsureMapping` and `LikelyOverlap` say what to decide."""
    named = [files] if isinstance(files, str | Path) else files
    choices = ImportOptions(mapping=mapping, table=table, overlap=overlap)
    return ingest(project, source, sheets.expand(map(str, named)), choices, viewer=_viewer())


def build(
    project: Project,
    *,
    as_of: date | None = None,
    engine: str | None = None,
    report: Report = unreported,
) -> Build:
    """Make the customer database from all that was imported, and put it in force."""
    return builds.build(project, viewer=_viewer(), as_of=as_of, engine=engine, report=report)


def backtest(
    project: Project, *tables: str, at: Iterable[date] = (), horizon: timedelta = HORIZON
) -> tuple[BacktestResult, ...]:
    """How right tables (default: all that foretell) would have been on earlier days; the grades are kept."""
    return graded(project, tables, at=tuple(at), horizon=horizon, viewer=_viewer())


def table(
    project: Project, name: str, *, where: str | None = None, money: Money = "float", **parameters: Any
) -> pd.DataFrame:
    """A table of the current build; `where` in SQL, and other answers to its questions: grace=1.5

    Days are datetime64. Amounts and quantities are floats, or with money="decimal" exact.
    """
    query = Query(where=(where,) if where else (), limit=None, parameters=parameters)
    return _frame(tables.rows(project, name, query, viewer=_viewer()).rows, money)


def arrow(project: Project, name: str, *, where: str | None = None, **parameters: Any) -> pa.Table:
    """The same as an Arrow table, exact, for Polars (`polars.from_arrow`) and whatever else reads Arrow."""
    query = Query(where=(where,) if where else (), limit=None, parameters=parameters)
    return tables.rows(project, name, query, viewer=_viewer()).rows


def chart(project: Project, name: str, number: int = 0) -> alt.Chart:
    """The picture of a table of the current build; `number` for the others of a table that has several."""
    viewer, opened = _viewer(), project.open()
    viewer.require(Capability.SEE)
    declared = tables.declaration(project, opened, name)
    if not isinstance(declared, Derived) or number not in range(len(declared.charts)):
        raise UnknownTable(N_("Table {table} has no such chart."), table=name)
    drawn: alt.Chart = TableAsSeen(opened, declared, viewer.sees_personal).give(declared.charts[number])
    return drawn


def sql(project: Project, query: str, *, money: Money = "float") -> pd.DataFrame:
    """The rows of one SELECT over the tables of the current build; `money` as in `table`."""
    return _frame(tables.sql(project, query, viewer=_viewer()), money)


def find(project: Project, text: str) -> pd.DataFrame:
    """The customers whom an id, a phone, an e-mail, a card number or a name may mean."""
    return _frame(find_customers(project, text, viewer=_viewer(), limit=1000).rows)


def segment(project: Project, condition: str) -> pd.DataFrame:
    """The customers whom a condition means, or the segment of that name: "tier = 'champions'", "vip"."""
    viewer = _viewer()
    if any(one.name == condition for one in segments.listed(project, viewer=viewer)):
        condition = f"in_segment('{condition}')"
    query = Query(meant=condition, limit=None)
    return _frame(tables.rows(project, "customers", query, viewer=viewer).rows)


def customer(project: Project, who: str) -> CustomerPage:
    """Everything known of the one customer who answers to `who`."""
    viewer = _viewer()
    found = find_customers(project, who, viewer=viewer, limit=2)
    if found.total != 1:
        raise UnknownCustomer(N_("{number} customers match. Give a customer id."), number=found.total)
    return customers.customer(project, next(iter(found))["customer_id"], viewer=viewer, limit=1000)


def overview(project: Project) -> Overview:
    """How the company is doing, what changed, and what needs doing."""
    return overviews.overview(project, viewer=_viewer())


def recommend(project: Project, events: Iterable[Mapping[str, Any]] = (), *, limit: int = 10) -> pd.DataFrame:
    """What a visitor may like, by what was done in this visit: {"name": "view", "product_id": "T-100"}"""
    done = [VisitorEvent(**event) for event in events]
    shown = visitors.suggest(project, done, many=limit, viewer=_viewer()).products
    columns = ("rank", "product_id", "product_name", "category", "score", "method")
    rows = [{name: getattr(each, name) for name in columns} | {"reason": str(each.reason)} for each in shown]
    return pd.DataFrame(rows, columns=[*columns, "reason"])


def _viewer() -> Viewer:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        name = "owner"
    return at_home(name, "notebook", now=datetime.now(UTC))


def _frame(rows: pa.Table, money: Money = "float") -> pd.DataFrame:
    if money == "float":
        schema = [
            field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field
            for field in rows.schema
        ]
        rows = rows.cast(pa.schema(schema))
    frame: pd.DataFrame = rows.to_pandas(date_as_object=False)
    return frame
