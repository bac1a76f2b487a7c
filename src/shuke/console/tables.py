"""Tables: which tables does the build hold, and what stands in this one?"""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from starlette.datastructures import FormData

from shuke.access.roles import Capability
from shuke.app import Opened
from shuke.console import charts
from shuke.console.docstrings import translated
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.searches import Pair, is_personal
from shuke.console.table_requests import TableRequest, is_of_rows, pages
from shuke.console.theme import Mode
from shuke.errors import UnknownTable
from shuke.graph.names import LANDED
from shuke.languages import N_, Language, speaking
from shuke.tables import Canonical, Derived
from shuke.views import grades, insights
from shuke.views import tables as view
from shuke.views.insights import TableAsSeen
from shuke.views.labels import AREAS, spoken
from shuke.views.query import opening
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class ChartRequest:
    """Which picture of which build."""

    build: Number
    name: str
    index: Number


class ChartStyle(BaseModel):
    """How a picture is to be drawn."""

    language: Language = "en"
    mode: Mode = "light"


#: Keys that Shuke made, and what a page of alerts says above: they stand behind what people can read.
MADE = (
    "line_id", "order_id", "original_line", "rule", "opinion_id", "score_id", "complaint_id", "inquiry_id",
    "contact_id",
)  # fmt: skip

#: A picture of a build never changes; the browser of one reader may keep it for a while.
CACHE_HEADERS = {"Cache-Control": "private, max-age=3600", "Vary": "Cookie"}


@router.get("/tables")
def index(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    listed = view.catalog(context.project) if context.opened else ()
    shelves = [(title, [table for table in listed if table.area == area]) for area, title in AREAS.items()]
    return context.page("tables.html", shelves=[(title, on_it) for title, on_it in shelves if on_it])


@router.get("/tables/{name}")
def one(context: Member, name: str) -> Response:
    context.principal.require(Capability.SEE)
    opened = context.project.open()
    opened.build.path(name)
    known = view.tables(context.project, opened)
    if name not in known:
        raise UnknownTable(N_("Table {table} of this build is not declared any more."), table=name)
    told = _told(context, opened, known[name], name)
    if opened.build.manifest.tables[name].failed:
        return context.page("table.html", **told, found=None, asked=TableRequest(), pages=1)
    if elsewhere := context.unseen(known[name]):
        return context.go(elsewhere)
    asked = best_first(TableRequest.of(context.params), known[name])
    found = view.peek(context.project, name, asked.query, viewer=context.viewer)
    called = view.called(found, opened, viewer=context.viewer)
    view.note(
        context.project, found, viewer=context.viewer, named=bool(called) and context.viewer.sees_personal
    )
    columns = sorted(spoken(found.columns), key=lambda column: column.name in MADE)
    if any(column.name == "name" for column in columns):
        columns = [column for column in columns if column.name != "customer_id"]  # their name leads to them
    return context.page(
        "table.html",
        **told,
        found=found,
        called=called,
        asked=asked,
        pages=pages(found.total),
        columns=columns,
    )


@router.post("/narrow/{name}")
@admits(Capability.SEE)
def narrow(context: Member, form: Form, name: str) -> Response:
    """Add a condition to a table's address, or what names one that the address must not say."""
    op = text(form, "op")
    condition = f"{text(form, 'column')}:{op}"
    if op not in ("empty", "given"):
        condition += f":{text(form, 'value')}"
    declared = view.tables(context.project, context.project.open()).get(name)
    hides = is_personal("filter", condition, declared)
    return _rows(context, form, name, context.unsaid("filter", condition) if hides else ("filter", condition))


@router.post("/search/{name}")
@admits(Capability.SEE)
def search(context: Member, form: Form, name: str) -> Response:
    """Search the rows of a table, or the customers from any page; what is typed stays out of the address."""
    wanted = text(form, "q").strip()
    return _rows(context, form, name, context.unsaid("q", wanted) if wanted else None)


def _rows(context: RequestContext, form: FormData, name: str, added: Pair | None) -> Response:
    """To the rows that the form came from, with what was added."""
    carried = [(key, value) for key, value in form.multi_items() if isinstance(value, str)]
    asked = [(key, value) for key, value in carried if is_of_rows(key) and key != "q"]
    query = urlencode([*asked, added] if added else asked)
    path = "/customers" if name == "customers" else f"/tables/{quote(name)}"
    return context.go(f"{path}?{query}" if query else path)


@router.get("/charts/{build}/{name}/{index}.json")
def chart(
    context: Member, which: Annotated[ChartRequest, Depends()], light: Annotated[ChartStyle, Query()]
) -> Response:
    with speaking(light.language):
        drawn = charts.dressed(_specification(context, which), light.mode)
    return Response(drawn, media_type="application/json", headers=CACHE_HEADERS)


@router.get("/charts/{build}/{name}/{index}.svg")
def picture(
    context: Member, which: Annotated[ChartRequest, Depends()], light: Annotated[ChartStyle, Query()]
) -> Response:
    with speaking(light.language):
        drawn = charts.svg(_specification(context, which))
    return Response(drawn, media_type="image/svg+xml", headers=CACHE_HEADERS)


def best_first(asked: TableRequest, declared: Derived | Canonical) -> TableRequest:
    """A table opens in the order that people want to see it in, unless somebody asked for another."""
    usual = opening(declared) if asked.sort is None else None
    return replace(asked, sort=usual[0], down=usual[1]) if usual else asked


def sentences(context: RequestContext, opened: Opened, declared: Derived) -> tuple[str, ...]:
    told = TableAsSeen(opened, declared, context.viewer.sees_personal)
    return context.state.cached(("sentences", *told.key), lambda: insights.sentences(told))


def _specification(context: RequestContext, which: ChartRequest) -> dict[str, Any]:
    context.principal.require(Capability.SEE)
    opened = context.project.open(which.build)
    declared = view.declaration(context.project, opened, which.name)
    if not isinstance(declared, Derived):
        raise UnknownTable(N_("Table {table} has no such chart."), table=which.name)
    told = TableAsSeen(opened, declared, context.viewer.sees_personal)
    return context.state.cached(
        ("chart", which.index, *told.key), lambda: charts.specification(told, which.index)
    )


def _told(
    context: RequestContext, opened: Opened, declared: Derived | Canonical, name: str
) -> dict[str, Any]:
    """What a page says of a table beside its rows."""
    derived = declared if isinstance(declared, Derived) else None
    made = opened.build.manifest.tables[name]
    drawn = derived if derived and made.rows and not made.failed else None
    everything = view.tables(context.project, opened)
    return {
        "name": name,
        "declared": declared,
        "derived": derived,
        "foretells": bool(drawn and drawn.grader),
        "made": made,
        "about": derived.about if derived else declared.note if isinstance(declared, Canonical) else None,
        "doc": translated(derived.doc) if derived else "",
        "area": AREAS.get(derived.area if derived else "landing"),
        "parameters": derived.parameters if derived else {},
        "charts": range(len(drawn.charts)) if drawn else (),
        "sentences": sentences(context, opened, derived) if derived and not made.failed else (),
        "graded": grades.latest(context.project, viewer=context.viewer).get(name) if derived else None,
        "reads": [read for read in derived.reads if read in opened.build.manifest.tables] if derived else [],
        "read_by": [
            other
            for other in opened.build.manifest.tables
            if isinstance(reader := everything.get(other), Derived) and name in reader.reads
        ],
        "collected": derived is None and name.startswith(LANDED),
        "title_of": lambda other: everything[other].title if other in everything else other,
        "manifest": opened.build.manifest,
    }
