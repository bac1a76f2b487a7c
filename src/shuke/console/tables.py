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
from shuke.console.charts import ChartSubject
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.searches import Pair, is_personal
from shuke.console.table_requests import TableRequest, is_of_rows, pages
from shuke.console.theme import Mode
from shuke.errors import UnknownTable
from shuke.graph.names import LANDED
from shuke.languages import N_, Language, speaking
from shuke.tables import Canonical, Derived
from shuke.views import grades
from shuke.views import tables as view
from shuke.views.labels import AREAS, spoken
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
MADE = ("line_id", "order_id", "original_line", "rule")

#: A picture of a build never changes; the browser of one reader may keep it for a while.
KEPT = {"Cache-Control": "private, max-age=3600", "Vary": "Cookie"}


@router.get("/tables")
def index(visit: Member) -> Response:
    visit.principal.require(Capability.SEE)
    listed = view.catalog(visit.project) if visit.opened else ()
    shelves = [(title, [table for table in listed if table.area == area]) for area, title in AREAS.items()]
    return visit.page("tables.html", shelves=[(title, on_it) for title, on_it in shelves if on_it])


@router.get("/tables/{name}")
def one(visit: Member, name: str) -> Response:
    visit.principal.require(Capability.SEE)
    opened = visit.project.open()
    opened.build.path(name)
    known = view.tables(visit.project, opened)
    if name not in known:
        raise UnknownTable(N_("Table {table} of this build is not declared any more."), table=name)
    told = _told(visit, opened, known[name], name)
    if opened.build.manifest.tables[name].failed:
        return visit.page("table.html", **told, found=None, asked=TableRequest(), pages=1)
    if elsewhere := visit.unseen(known[name]):
        return visit.go(elsewhere)
    asked = best_first(TableRequest.of(visit.params), known[name])
    found = view.peek(visit.project, name, asked.query, viewer=visit.viewer)
    called = view.called(found, opened, viewer=visit.viewer)
    view.note(visit.project, found, viewer=visit.viewer, named=bool(called) and visit.viewer.sees_personal)
    columns = sorted(spoken(found.columns), key=lambda column: column.name in MADE)
    return visit.page(
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
def narrow(visit: Member, form: Form, name: str) -> Response:
    """Add a condition to a table's address, or what names one that the address must not say."""
    op = text(form, "op")
    condition = f"{text(form, 'column')}:{op}"
    if op not in ("empty", "given"):
        condition += f":{text(form, 'value')}"
    declared = view.tables(visit.project, visit.project.open()).get(name)
    hides = is_personal("filter", condition, declared)
    return _rows(visit, form, name, visit.unsaid("filter", condition) if hides else ("filter", condition))


@router.post("/search/{name}")
@admits(Capability.SEE)
def search(visit: Member, form: Form, name: str) -> Response:
    """Search the rows of a table, or the customers from any page; what is typed stays out of the address."""
    wanted = text(form, "q").strip()
    return _rows(visit, form, name, visit.unsaid("q", wanted) if wanted else None)


def _rows(visit: RequestContext, form: FormData, name: str, added: Pair | None) -> Response:
    """To the rows that the form came from, with what was added."""
    carried = [(key, value) for key, value in form.multi_items() if isinstance(value, str)]
    asked = [(key, value) for key, value in carried if is_of_rows(key) and key != "q"]
    query = urlencode([*asked, added] if added else asked)
    path = "/customers" if name == "customers" else f"/tables/{quote(name)}"
    return visit.go(f"{path}?{query}" if query else path)


@router.get("/charts/{build}/{name}/{index}.json")
def chart(
    visit: Member, which: Annotated[ChartRequest, Depends()], light: Annotated[ChartStyle, Query()]
) -> Response:
    with speaking(light.language):
        drawn = charts.dressed(_specification(visit, which), light.mode)
    return Response(drawn, media_type="application/json", headers=KEPT)


@router.get("/charts/{build}/{name}/{index}.svg")
def picture(
    visit: Member, which: Annotated[ChartRequest, Depends()], light: Annotated[ChartStyle, Query()]
) -> Response:
    with speaking(light.language):
        drawn = charts.svg(_specification(visit, which))
    return Response(drawn, media_type="image/svg+xml", headers=KEPT)


def best_first(asked: TableRequest, declared: Derived | Canonical) -> TableRequest:
    """A table opens in the order that people want to see it in, unless somebody asked for another."""
    usual = view.opening(declared) if asked.sort is None else None
    return replace(asked, sort=usual[0], down=usual[1]) if usual else asked


def subject(visit: RequestContext, opened: Opened, declared: Derived) -> ChartSubject:
    return ChartSubject(opened, declared, visit.viewer.sees_personal)


def sentences(visit: RequestContext, opened: Opened, declared: Derived) -> tuple[str, ...]:
    told = subject(visit, opened, declared)
    return visit.shelf.kept(("sentences", *told.key), lambda: charts.sentences(told))


def _specification(visit: RequestContext, which: ChartRequest) -> dict[str, Any]:
    visit.principal.require(Capability.SEE)
    opened = visit.project.open(which.build)
    declared = view.declaration(visit.project, opened, which.name)
    if not isinstance(declared, Derived):
        raise UnknownTable(N_("Table {table} has no such chart."), table=which.name)
    told = subject(visit, opened, declared)
    return visit.shelf.kept(
        ("chart", which.index, *told.key), lambda: charts.specification(told, which.index)
    )


def _told(visit: RequestContext, opened: Opened, declared: Derived | Canonical, name: str) -> dict[str, Any]:
    """What a page says of a table beside its rows."""
    derived = declared if isinstance(declared, Derived) else None
    made = opened.build.manifest.tables[name]
    drawn = derived if derived and made.rows and not made.failed else None
    everything = view.tables(visit.project, opened)
    return {
        "name": name,
        "declared": declared,
        "derived": derived,
        "foretells": bool(drawn and drawn.grader),
        "made": made,
        "about": derived.about if derived else declared.note if isinstance(declared, Canonical) else None,
        "doc": derived.doc if derived else "",
        "area": AREAS.get(derived.area if derived else "landing"),
        "questions": derived.questions if derived else {},
        "charts": range(len(drawn.charts)) if drawn else (),
        "sentences": sentences(visit, opened, drawn) if drawn else (),
        "graded": grades.latest(visit.project, viewer=visit.viewer).get(name) if derived else None,
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
