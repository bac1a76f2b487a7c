"""Imports: how do a company's files become rows of the landing zone?

Three pages: choose the files; see how they would be read, and settle it; see what came of each row.
"""

from dataclasses import asdict
from typing import cast, get_args

import pyarrow as pa
from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from shuke.access.roles import Capability
from shuke.collect import layouts
from shuke.collect.delivery import Choices, deliver
from shuke.collect.overlap import Overlap
from shuke.collect.preview import Previewed, preview
from shuke.console import mapped, uploads
from shuke.console.answers import Page
from shuke.console.downloads import sent
from shuke.console.uploads import Upload
from shuke.console.visits import Form, Member, Visit, text
from shuke.errors import LikelyOverlap, ShukeError, WrongCall
from shuke.languages import N_
from shuke.store.landing import Receipt
from shuke.views import balance, builds, downloads
from shuke.views.viewer import word

router = APIRouter(route_class=Page)

LATEST = 8

_REJECTS = pa.schema(
    {
        **{name: pa.string() for name in ("file", "sheet")},
        "row": pa.int64(),
        **{name: pa.string() for name in ("column", "value", "reason")},
        "whole": pa.bool_(),
        "content": pa.string(),
    }
)


@router.get("/import")
def choose(visit: Member) -> Response:
    visit.principal.require(Capability.IMPORT_DATA)
    return _choose_page(visit)


@router.post("/import")
def upload(visit: Member, form: Form) -> Response:
    visit.principal.require(Capability.IMPORT_DATA)
    source = text(form, "source").strip()
    try:
        kept = uploads.keep(visit.project, (f for f in form.getlist("file") if isinstance(f, UploadFile)))
    except WrongCall as error:
        return _choose_page(visit, source, wrong=str(error))
    return _settle_page(visit, kept, source)


@router.post("/import/{token}")
def land(visit: Member, form: Form, token: str) -> Response:
    """Keep what the person settled, and import; ask again where something is still open."""
    visit.principal.require(Capability.IMPORT_DATA)
    kept, source = uploads.find(visit.project, token), text(form, "source")
    sheets = preview(visit.project, source, kept.files)
    if reshaped := mapped.reshaped(form, sheets):
        for choice in reshaped:
            layouts.reshape(visit.project, source, choice)
        return _settle_page(visit, kept, source)
    decided, open_doubts = mapped.settled(form, sheets)
    if open_doubts:
        return _settle_page(visit, kept, source, wrong=N_("Please answer the questions first."))
    for sheet, layout in zip(sheets, decided, strict=True):
        if sheet.tables or layout.columns != sheet.found.layout.columns:
            layouts.keep(visit.project, source, layout)
    overlap = text(form, "overlap")
    choices = Choices(overlap=cast(Overlap, overlap) if overlap in get_args(Overlap) else None)
    try:
        receipt = deliver(visit.project, source, kept.files, choices, now=visit.now)
    except LikelyOverlap as error:
        return _settle_page(visit, kept, source, wrong=str(error), overlaps=True)
    except ShukeError as error:
        return _settle_page(visit, kept, source, wrong=str(error))
    kept.drop()
    builds.note_import(visit.project, receipt, viewer=visit.viewer)
    return visit.go(f"/batches/{receipt.batch}")


@router.get("/batches")
def batches(visit: Member) -> Response:
    visit.principal.require(Capability.SEE)
    gone = visit.project.landing.withdrawn()
    return visit.page("batches.html", batches=builds.batches(visit.project), gone=gone)


@router.get("/batches/{batch}")
def result(visit: Member, batch: str) -> Response:
    visit.principal.require(Capability.SEE)
    receipt = _receipt(visit, batch)
    sees = visit.may("import_data") and visit.may("see_personal")
    held = receipt.rejected + receipt.bad_cells if sees else 0
    quarantined = builds.quarantine(visit.project, batch, viewer=visit.viewer) if held else None
    gone = batch in visit.project.landing.withdrawn()
    return visit.page("batch.html", receipt=receipt, quarantined=quarantined, balance=balance, gone=gone)


@router.post("/batches/{batch}/withdraw")
def withdraw(visit: Member, _: Form, batch: str) -> Response:
    """Take a batch back; leads to the page of the batch, or of the one that stands again."""
    receipt = builds.withdraw(visit.project, batch, viewer=visit.viewer, now=visit.now)
    return visit.go(f"/batches/{receipt.withdraws}")


@router.get("/batches/{batch}/quarantine.{file_format}")
def quarantine(visit: Member, batch: str, file_format: str) -> Response:
    """What could not be accepted, as a file to be mended and sent again."""
    if file_format not in get_args(downloads.FileFormat):
        raise WrongCall(N_("There is no format {format}."), format=file_format[:20])
    chosen = cast(downloads.FileFormat, file_format)
    held = builds.quarantine(visit.project, batch, viewer=visit.viewer, limit=None)
    rows = pa.Table.from_pylist([asdict(reject) for reject in held.rejects], _REJECTS)
    content = downloads.of_rows(rows, name="quarantine", zone=visit.project.settings.zone)
    return sent(
        lambda file: downloads.write(content, file, file_format=chosen),
        f"quarantine-{word(batch)}.{chosen}",
        downloads.MEDIA_TYPES[chosen],
    )


def _choose_page(visit: Visit, source: str = "", wrong: str | None = None) -> Response:
    delivered = [receipt for receipt in builds.batches(visit.project) if receipt.source != "shuke"]
    sources = sorted({receipt.source for receipt in delivered})
    gone = visit.project.landing.withdrawn()
    values = {
        "batches": delivered[:LATEST],
        "gone": gone,
        "sources": sources,
        "source": source,
        "wrong": wrong,
    }
    return visit.page("import.html", status=400 if wrong else 200, **values)


def _settle_page(
    visit: Visit, kept: Upload, source: str, *, wrong: str | None = None, overlaps: bool = False
) -> Response:
    try:
        sheets: list[Previewed] = preview(visit.project, source, kept.files)
    except ShukeError as error:
        kept.drop()
        return _choose_page(visit, source, wrong=str(error))
    return visit.page(
        "settle.html",
        status=409 if overlaps else 400 if wrong else 200,
        upload=kept,
        source=source,
        sheets=sheets,
        options=mapped.options(),
        mapped=mapped,
        wrong=wrong,
        overlaps=overlaps,
    )


def _receipt(visit: Visit, batch: str) -> Receipt:
    for receipt in visit.project.landing.receipts():
        if receipt.batch == batch:
            return receipt
    raise WrongCall(N_("There is no batch {batch}."), batch=batch[:80])
