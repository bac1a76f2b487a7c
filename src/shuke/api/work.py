"""Work: how does a program bring files in, and have the customer database made anew?"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from shuke.access.roles import Capability
from shuke.actions import builds as actions
from shuke.actions.imports import ingest
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.collect.infer import Ambiguity
from shuke.collect.ingestion import ImportOptions
from shuke.collect.overlap import Overlap
from shuke.collect.preview import ImportPreview, preview
from shuke.errors import Busy
from shuke.languages import N_
from shuke.store.landing import Receipt
from shuke.views import builds as view
from shuke.views import jobs, receipts
from shuke.web import uploads
from shuke.web.background_build import BackgroundBuild
from shuke.web.bodies import FILES, admits
from shuke.web.bounds import Number, Offset

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["work"])


@dataclass(frozen=True)
class Running:
    """A build that this server is making, or the last one that it has made."""

    table: str  # being made
    done: int
    total: int
    over: bool
    failed: str | None  # why


@router.get(
    "/builds",
    summary="The builds that are kept",
    responses=gives({"builds": list[view.BuildSummary], "running": Running | None}),
)
def builds(request: Request, project: Here, caller: Caller) -> Response:
    """`running` tells of a build that this server is making."""
    caller.require(Capability.SEE)
    return answer({"builds": view.builds(project), "running": _running(_work(request))})


@router.post(
    "/builds",
    summary="Begin a build",
    status_code=202,
    responses=gives({"running": Running | None}, number=202),
)
@admits(Capability.BUILD)
def build(request: Request, project: Here, caller: Caller) -> Response:
    """It goes on in the background; `GET /api/builds` tells how far it is."""
    if not _work(request).start(project, viewer=caller):
        raise Busy(N_("This server is already running a build."))
    return answer({"running": _running(_work(request))}, number=202)


@router.post(
    "/builds/{number}/in-force",
    summary="Put an older build in force again",
    responses=gives(view.BuildSummary),
)
@admits(Capability.BUILD)
def rollback(project: Here, caller: Caller, number: Number) -> Response:
    return answer(view.summary(actions.rollback(project, number, viewer=caller), number))


@router.get("/jobs", summary="What was done by itself", responses=gives(list[jobs.JobLine]))
def by_itself(project: Here, caller: Caller, limit: Annotated[int, Query(ge=1, le=1000)] = 20) -> Response:
    """The imports, builds and backups of `shuke run`, the newest first."""
    return answer(jobs.listed(project, viewer=caller, limit=limit))


@router.get("/builds/{a}/diff/{b}", summary="How two builds differ", responses=gives(list[view.TableDiff]))
def diff(project: Here, caller: Caller, a: Number, b: Number) -> Response:
    return answer(view.diff(project, a, b, viewer=caller))


@router.post("/imports", summary="Take in a source's files", responses=gives(Receipt | list[dict[str, Any]]))
@admits(Capability.IMPORT_DATA, largest=FILES)
def take_in(
    project: Here,
    caller: Caller,
    *,
    source: Annotated[str, Form()],
    files: Annotated[list[UploadFile], File(alias="file")],
    mapping: Annotated[str | None, Form(description="the text of a mapping file")] = None,
    table: Annotated[str | None, Form(description="what a row is, where the headers do not tell")] = None,
    overlap: Annotated[Overlap | None, Form()] = None,
    dry_run: Annotated[bool, Form()] = False,
) -> Response:
    """All of the files, or nothing. 409 where a person must first say what a column or an overlap means."""
    caller.require(Capability.IMPORT_DATA)
    upload = uploads.keep(project, files)
    try:
        with TemporaryDirectory(dir=project.work) as aside:
            given = _written(mapping, Path(aside) / "mapping.toml")
            if dry_run:
                today = caller.now.astimezone(ZoneInfo(project.settings.zone)).date()
                seen = preview(project, source, upload.files, mapping=given, table=table, today=today)
                return answer([_told(sheet) for sheet in seen])
            choices = ImportOptions(mapping=given, table=table, overlap=overlap)
            receipt = ingest(project, source, upload.files, choices, viewer=caller)
    finally:
        upload.drop()
    return answer(receipts.shown(receipt, caller))


@router.get("/batches", summary="What was imported", responses=gives(list[Receipt]))
def batches(project: Here, caller: Caller) -> Response:
    caller.require(Capability.SEE)
    return answer(receipts.batches(project, viewer=caller))


@router.get(
    "/batches/{batch}/quarantine",
    summary="What could not be accepted, and why",
    responses=gives(view.Quarantined),
)
def quarantine(
    project: Here,
    caller: Caller,
    batch: str,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    offset: Offset = 0,
) -> Response:
    return answer(view.quarantine(project, batch, viewer=caller, limit=limit, offset=offset))


def _work(request: Request) -> BackgroundBuild:
    work: BackgroundBuild = request.app.state.console.work
    return work


def _running(work: BackgroundBuild) -> Running | None:
    run = work.run
    if run is None:
        return None
    return Running(run.table, run.done, run.total, run.over, str(run.failed) if run.failed else None)


def _written(mapping: str | None, path: Path) -> Path | None:
    if mapping is None:
        return None
    path.write_text(mapping, "utf-8")
    return path


def _told(seen: ImportPreview) -> dict[str, Any]:
    return {
        "file": seen.sheet.file, "rows": seen.sheet.rows, "tables": seen.tables, "columns": seen.columns,
        "doubts": [_asked(ambiguity) for ambiguity in seen.found.ambiguities], "sample": seen.rows,
    }  # fmt: skip


def _asked(ambiguity: Ambiguity) -> dict[str, Any]:
    """A question, and the lines of a mapping file that answer it."""
    lines = [choice.line for choice in ambiguity.choices]
    return {"column": ambiguity.column, "question": ambiguity.question, "lines": lines}
