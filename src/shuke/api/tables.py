"""Tables: how does a program read the customer database?"""

from datetime import date
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Body, Query, Request, Response

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.api.authentication import Caller, Here
from shuke.api.disconnects import while_there
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.app import Project
from shuke.views import dictionary, downloads, overview, questions, today
from shuke.views import tables as view
from shuke.views.downloads import MEDIA_TYPES, FileFormat
from shuke.views.json_text import objects
from shuke.views.query import Condition, split_conditions
from shuke.views.query import Query as Asked
from shuke.views.viewer import Viewer
from shuke.web.bodies import admits
from shuke.web.bounds import Day, Offset
from shuke.web.file_responses import sent

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["tables"])

#: What the address says that is no answer to a question of the table.
OURS = frozenset({"where", "filter", "search", "order_by", "descending", "limit", "offset", "format"})
PAGE_ROWS, MOST_ROWS = 100, 10_000

Wheres = Annotated[
    list[str], Query(description="column:op:value, or SQL for those who may run it; all must hold")
]
Filters = Annotated[
    list[str], Query(alias="filter", deprecated=True, description="the earlier name of where")
]
Form = Annotated[FileFormat, Query(alias="format", description="a file holds all rows")]


@router.get("/tables", summary="Which tables are there?", responses=gives(list[view.Listed]))
def catalog(project: Here, caller: Caller) -> Response:
    caller.require(Capability.SEE)
    return answer(view.catalog(project))


@router.get("/questions", summary="What do the analyses answer?", responses=gives(list[questions.Theme]))
def answered(project: Here, caller: Caller) -> Response:
    """By what a manager asks; sentences in the language of `Accept-Language`."""
    return answer(questions.themes(project, viewer=caller))


ROWS = gives({"table": str, "build": int, "as_of": date, "total": int, "rows": list[dict[str, Any]]})

#: What is sent where a file is asked for; else it is JSON that tells of the table as well.
AS_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()} | ROWS[200]["content"]}
}


@router.get("/tables/{name}", summary="The rows of a table", responses=AS_FILES)
async def rows(
    request: Request,
    project: Here,
    caller: Caller,
    *,
    name: str,
    where: Wheres = [],  # noqa: B006 - FastAPI makes a list of its own for each call
    filters: Filters = [],  # noqa: B006
    search: str | None = None,
    order_by: str | None = None,
    descending: bool = False,
    limit: Annotated[int, Query(ge=0, le=MOST_ROWS)] = PAGE_ROWS,
    offset: Offset = 0,
    form: Form = "json",
) -> Response:
    """A page of rows with their `total`. Further parameters answer questions of the table, as ?grace=1.5"""
    parameters = {key: value for key, value in request.query_params.items() if key not in OURS}
    conditions, expression = split_conditions(where)
    conditions += tuple(map(Condition.parse, filters))
    asked = Asked(
        filters=conditions, where=expression, search=search, order_by=order_by,
        descending=descending, limit=limit, offset=offset, parameters=parameters,
    )  # fmt: skip
    return await while_there(
        request,
        lambda: (
            _page(project, name, asked, caller)
            if form == "json"
            else _file(project, name, asked, caller, form)
        ),
    )


@router.post(
    "/tables/{name}/rows", summary="The rows of a table, without saying which in an address", responses=ROWS
)
@admits(Capability.SEE)
async def rows_asked(
    request: Request,
    project: Here,
    caller: Caller,
    *,
    name: str,
    where: Annotated[list[str], Body(description="column:op:value, or SQL for those who may run it")] = [],  # noqa: B006
    search: Annotated[str | None, Body()] = None,
    order_by: Annotated[str | None, Body()] = None,
    descending: Annotated[bool, Body()] = False,
    limit: Annotated[int, Body(ge=0, le=MOST_ROWS)] = PAGE_ROWS,
    offset: Annotated[Offset, Body()] = 0,
    parameters: Annotated[dict[str, str], Body(description="of the table, as grace: 1.5")] = {},  # noqa: B006
    questions: Annotated[dict[str, str], Body(deprecated=True, description="now `parameters`")] = {},  # noqa: B006
) -> Response:
    """As `GET /api/tables/{name}`; what stands in addresses is written into logs on the way."""
    conditions, expression = split_conditions(where)
    asked = Asked(
        filters=conditions, where=expression, search=search, order_by=order_by,
        descending=descending, limit=limit, offset=offset, parameters=questions | parameters,
    )  # fmt: skip
    return await while_there(request, lambda: _page(project, name, asked, caller))


@router.get(
    "/overview", summary="How is the company doing?", tags=["overview"], responses=gives(overview.Overview)
)
def figures(project: Here, caller: Caller) -> Response:
    """Each figure names the table and the conditions whose rows it counts, or whose column it sums."""
    return answer(overview.overview(project, viewer=caller))


@router.get(
    "/today", summary="What is new, what needs doing?", tags=["overview"], responses=gives(today.Today)
)
def first_page(
    project: Here,
    caller: Caller,
    since: Annotated[Day | None, Query(description="tell what happened from this day on")] = None,
) -> Response:
    """From the build on that whose token it is last saw in the console, or the last seven days.

    Sales stand by month, beside the plan and the year before.
    """
    return answer(today.today(project, viewer=caller, since=since))


@router.get(
    "/dictionary", summary="What does each column mean?", responses=gives(list[dictionary.DictionaryEntry])
)
def meaning(project: Here, caller: Caller, table: str | None = None) -> Response:
    caller.require(Capability.SEE)
    return answer(dictionary.dictionary(project, table))


@router.post("/sql", summary="The rows of one SELECT", responses=gives(list[dict[str, Any]]))
@admits(Capability.RUN_SQL, Capability.SEE_PERSONAL)
async def sql(
    request: Request, project: Here, caller: Caller, query: Annotated[str, Body(embed=True)]
) -> Response:
    """Read-only; docs/sql.md says what may stand in it and how much an answer may take."""
    return await while_there(request, lambda: _sql(project, query, caller))


def _sql(project: Project, query: str, caller: Viewer) -> Response:
    found = view.sql(project, query, viewer=caller)
    caller.did(project.operations, AuditEvent(verb="ran_sql", count=found.num_rows))
    text = ",\n".join(objects(batch) for batch in found.to_batches() if batch.num_rows)
    return Response(f"[{text}]", media_type="application/json")


def _page(project: Project, name: str, asked: Asked, caller: Viewer) -> Response:
    page = view.rows(project, name, asked, viewer=caller)
    text = ",\n".join(objects(batch) for batch in page.rows.to_batches() if batch.num_rows)
    about = f'"table": "{page.name}", "build": {page.build}, "as_of": "{page.as_of}", "total": {page.total}'
    return Response(f'{{{about}, "rows": [{text}]}}', media_type="application/json")


def _file(project: Project, name: str, asked: Asked, caller: Viewer, form: FileFormat) -> Response:
    everything = Asked(**{**vars(asked), "limit": None, "offset": 0})

    def write(target: BinaryIO) -> None:
        downloads.download(project, name, everything, target, file_format=form, viewer=caller)

    return sent(write, f"{name}.{form}", MEDIA_TYPES[form])
