"""Imports: how do a company's files become rows of the landing zone?

Three pages: choose the files; see how they would be read, and settle it; see what came of each row.
"""

from dataclasses import asdict, dataclass, replace
from typing import cast, get_args
from urllib.parse import urlencode

import pyarrow as pa
from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from shuke.access.roles import Capability
from shuke.actions import imports as actions
from shuke.collect import layouts, sheets
from shuke.collect.ingestion import ImportOptions
from shuke.collect.overlap import Overlap
from shuke.collect.preview import ImportPreview, landing, preview, revised
from shuke.console import mapping_form
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.errors import LikelyOverlap, ShukeError, WrongCall
from shuke.languages import N_, _
from shuke.views import builds, downloads, import_accounts, receipts
from shuke.views.viewer import word
from shuke.web import uploads
from shuke.web.bodies import FILES, admits
from shuke.web.file_responses import sent
from shuke.web.uploads import Upload

router = APIRouter(route_class=PageRoute)

LATEST = 8

NOTHING_LANDS = N_(
    "Nothing of this would land: say what its rows are or what its columns mean, or choose other files."
)

_REJECTS = pa.schema(
    {
        **{name: pa.string() for name in ("file", "sheet")},
        "row": pa.int64(),
        **{name: pa.string() for name in ("column", "value", "reason")},
        "whole": pa.bool_(),
        "content": pa.string(),
    }
)


@dataclass(frozen=True, kw_only=True)
class SettleForm:
    """Sheets as far as a person has settled them, what they said, and what is still open."""

    form: FormData
    sheets: list[ImportPreview]
    open: list[bool]  # of each sheet, whether a question about it is
    wrong: str | None = None
    overlaps: bool = False


@router.get("/import")
def choose(context: Member) -> Response:
    context.principal.require(Capability.IMPORT_DATA)
    return _choose_page(context)


@router.post("/import")
@admits(Capability.IMPORT_DATA, largest=FILES)
def upload(context: Member, form: Form) -> Response:
    context.principal.require(Capability.IMPORT_DATA)
    source = text(form, "source").strip()
    try:
        kept = uploads.keep(context.project, (f for f in form.getlist("file") if isinstance(f, UploadFile)))
    except WrongCall as error:
        return _choose_page(context, source, wrong=str(error))
    return context.go(f"/import/{kept.token}?{urlencode({'source': source})}")


@router.get("/import/{token}")
def settle(context: Member, token: str, source: str = "") -> Response:
    """How files that wait would be read; their page can be loaded again, in another language too."""
    context.principal.require(Capability.IMPORT_DATA)
    with uploads.waiting(context.project, token) as kept:
        return _settle_page(context, kept, source)


@router.post("/import/{token}")
@admits(Capability.IMPORT_DATA)
def land(context: Member, form: Form, token: str) -> Response:
    """Keep what the person settled, and import; ask again where something is still open."""
    context.principal.require(Capability.IMPORT_DATA)
    with uploads.waiting(context.project, token) as kept:
        return _settled(context, form, kept)


def _settled(context: RequestContext, form: Form, kept: Upload) -> Response:
    source = text(form, "source")
    sheets = mapping_form.previewed(
        form,
        lambda kind, said: preview(
            context.project, source, kept.files, table=kind, said=said, today=context.today
        ),
    )
    if (holds := mapping_form.renamed(form, sheets)) is not None:
        return _settle_page(context, kept, source, _asking(holds, sheets))
    if reshaped := mapping_form.reshaped(form, sheets):
        for choice in reshaped:
            layouts.reshape(context.project, source, choice)
        return _settle_page(context, kept, source)
    asking = _asking(form, sheets)
    if text(form, "look"):
        return _settle_page(context, kept, source, asking)
    if any(asking.open):
        return _settle_page(
            context, kept, source, replace(asking, wrong=N_("Please answer the questions first."))
        )
    if not any(sheet.tables for sheet in asking.sheets):
        return _settle_page(context, kept, source, replace(asking, wrong=NOTHING_LANDS))
    for sheet, wanted in zip(sheets, asking.sheets, strict=True):
        layout = wanted.found.layout
        if sheet.tables or layout.columns != sheet.found.layout.columns:
            layouts.keep(context.project, source, layout)
    overlap = text(form, "overlap")
    choices = ImportOptions(overlap=cast(Overlap, overlap) if overlap in get_args(Overlap) else None)
    try:
        receipt = actions.ingest(context.project, source, kept.files, choices, viewer=context.viewer)
    except LikelyOverlap as error:
        return _settle_page(context, kept, source, replace(asking, wrong=_alike(error), overlaps=True))
    except ShukeError as error:
        return _settle_page(context, kept, source, replace(asking, wrong=str(error)))
    kept.drop()
    return context.go(f"/batches/{receipt.batch}")


@router.get("/batches")
def batches(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    gone = context.project.landing.withdrawn()
    return context.page(
        "batches.html", batches=receipts.batches(context.project, viewer=context.viewer), gone=gone
    )


@router.get("/batches/{batch}")
def result(context: Member, batch: str) -> Response:
    context.principal.require(Capability.SEE)
    receipt = receipts.shown(context.project.landing.receipt(batch), context.viewer)
    batch = receipt.batch
    sees = context.may("import_data") and context.may("see_personal")
    held = receipt.rejected + receipt.bad_cells if sees else 0
    quarantined = builds.quarantine(context.project, batch, viewer=context.viewer) if held else None
    gone = context.project.landing.withdrawn()
    takes_back = (r.batch for r in context.project.landing.receipts() if r.withdraws == batch)
    by = next((one for one in takes_back if one not in gone), None)
    return context.page(
        "batch.html",
        receipt=receipt,
        quarantined=quarantined,
        balance=import_accounts,
        gone=batch in gone,
        by=by,
    )


@router.post("/batches/{batch}/withdraw")
@admits(Capability.IMPORT_DATA)
def withdraw(context: Member, _: Form, batch: str) -> Response:
    """Take a batch back; leads to the page of the batch, or of the one that stands again."""
    receipt = actions.withdraw(context.project, batch, viewer=context.viewer)
    return context.go(f"/batches/{receipt.withdraws}")


@router.get("/batches/{batch}/quarantine.{file_format}")
def quarantine(context: Member, batch: str, file_format: str) -> Response:
    """What could not be accepted, as a file to be mended and sent again."""
    if file_format not in get_args(downloads.FileFormat):
        raise WrongCall(N_("There is no format {format}."), format=file_format[:20])
    chosen = cast(downloads.FileFormat, file_format)
    held = builds.quarantine(context.project, batch, viewer=context.viewer, limit=None)
    rows = pa.Table.from_pylist([asdict(reject) for reject in held.rejects], _REJECTS)
    content = downloads.of_rows(rows, name="quarantine", zone=context.project.settings.zone)
    return sent(
        lambda file: downloads.write(content, file, file_format=chosen),
        f"quarantine-{word(batch)}.{chosen}",
        downloads.MEDIA_TYPES[chosen],
    )


def _choose_page(context: RequestContext, source: str = "", wrong: str | None = None) -> Response:
    every = receipts.batches(context.project, viewer=context.viewer)
    delivered = [receipt for receipt in every if receipt.source != "shuke"]
    sources = sorted({receipt.source for receipt in delivered})
    gone = context.project.landing.withdrawn()
    values = {
        "batches": delivered[:LATEST],
        "gone": gone,
        "sources": sources,
        "source": source,
        "wrong": wrong,
        "readable": ", ".join(sheets.names()),
    }
    return context.page("import.html", status=400 if wrong else 200, **values)


def _alike(error: LikelyOverlap) -> str:
    """The question of an overlap, whose answers stand below it on the page."""
    told = _(
        "{alike} of {lines} lines of {file} are like lines imported before, and they have neither an "
        "order number nor a time and a till to tell them apart."
    )
    return told.format(**error.values)


def _asking(form: FormData, sheets: list[ImportPreview]) -> SettleForm:
    """Sheets as far as a person has settled them."""
    settled = mapping_form.settled(form, sheets)
    seen = [revised(sheet, layout) for sheet, (layout, _) in zip(sheets, settled, strict=True)]
    return SettleForm(form=form, sheets=seen, open=[bool(left) for _, left in settled])


def _settle_page(
    context: RequestContext, kept: Upload, source: str, asking: SettleForm | None = None
) -> Response:
    """How the files would be read, and what of them would land."""
    try:
        asking = asking or _asking(
            FormData(), preview(context.project, source, kept.files, today=context.today)
        )
    except ShukeError as error:
        kept.drop()
        return _choose_page(context, source, wrong=str(error))
    if text(asking.form, "look") or any(mapping_form.is_reshaped(sheet) for sheet in asking.sheets):
        asking = _with_landing(context, source, asking)
    return context.page(
        "settle.html",
        status=409 if asking.overlaps else 400 if asking.wrong else 200,
        upload=kept,
        source=source,
        asking=asking,
        options=mapping_form.options(),
        kinds=mapping_form.kinds(),
        mapped=mapping_form,
    )


def _with_landing(context: RequestContext, source: str, asking: SettleForm) -> SettleForm:
    """With the first rows of every sheet about which nothing is open."""
    clear = [sheet for sheet, is_open in zip(asking.sheets, asking.open, strict=True) if not is_open]
    try:
        made = iter(landing(context.project, source, clear, today=context.today))
    except ShukeError as error:  # what was settled does not go together
        return replace(asking, wrong=asking.wrong or str(error))
    open_ones = zip(asking.sheets, asking.open, strict=True)
    return replace(asking, sheets=[sheet if is_open else next(made) for sheet, is_open in open_ones])
