"""Dictionary: what does each table and column hold?"""

from itertools import groupby

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.console.request_context import Member, RequestContext
from shuke.console.responses import PageRoute
from shuke.tables import Type
from shuke.views.dictionary import DictionaryEntry, dictionary
from shuke.views.labels import TYPES

router = APIRouter(route_class=PageRoute)


@router.get("/dictionary")
def words(context: Member, q: str = "") -> Response:
    context.principal.require(Capability.SEE)
    entries = context.state.cached(("dictionary", _number(context)), lambda: dictionary(context.project))
    wanted = q.strip().casefold()
    found = [entry for entry in entries if not wanted or wanted in _said(entry)]
    tables = [(name, list(columns)) for name, columns in groupby(found, lambda entry: entry.table)]
    built = context.opened.build.manifest.tables if context.opened else {}
    return context.page(
        "dictionary.html", tables=tables, built=built, wanted=q, type_named=lambda name: TYPES[Type(name)]
    )


def _number(context: RequestContext) -> int:
    return context.opened.build.number if context.opened else 0


def _said(entry: DictionaryEntry) -> str:
    note = f"{entry.note.en} {entry.note.zh}" if entry.note else ""
    titles = f"{entry.title.en} {entry.title.zh} {entry.table_title.en} {entry.table_title.zh}"
    return f"{entry.table} {entry.column} {titles} {note}".casefold()
