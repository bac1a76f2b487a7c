"""Segments: which groups of customers are there, who is in one, and how is one made by clicking?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData

from shuke.access.roles import Capability
from shuke.actions import segments as actions
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.searches import is_personal
from shuke.console.table_requests import MEANT, TableRequest, whole
from shuke.errors import ShukeError, WrongCall
from shuke.languages import N_, language
from shuke.languages import translate as _
from shuke.segments.behaviours import BEHAVIOURS
from shuke.tables import Type
from shuke.views import segments as view
from shuke.views import tables
from shuke.views.labels import CODES
from shuke.views.query import Query
from shuke.views.segments import AttributeName, Measured
from shuke.views.tables import Page
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)

#: So many of the customers an editor shows.
SAMPLE = 8


@dataclass(frozen=True)
class Draft:
    """What stands in an editor: a segment that is being made or changed."""

    name: str = ""
    seen: int = 0  # the version that was looked at
    expression: str = ""
    note: str = ""


@dataclass(frozen=True)
class Looked:
    """What a condition comes to, for an editor to show."""

    measured: Measured
    sample: Page


@router.get("/segments")
def every(context: Member, archived: str = "") -> Response:
    context.principal.require(Capability.SEE)
    listed = view.listed(context.project, viewer=context.viewer, archived=archived == "1")
    return context.page("segments.html", listed=listed, archived=archived == "1")


@router.get("/segment-editor")
def begin(context: Member) -> Response:
    """An editor: empty, or with the condition, and the filters, that a list of customers has."""
    context.principal.require(Capability.EDIT_SEGMENTS)
    if context.opened is None:
        return context.page("welcome.html")
    if elsewhere := context.unseen(_customers(context)):
        return context.go(elsewhere)
    asked = TableRequest.of(context.params)
    return _editor(context, Draft(expression=view.narrowed(context.project, asked.query)))


@router.get("/segment-list")
def begin_list(context: Member) -> Response:
    context.principal.require(Capability.EDIT_SEGMENTS)
    return context.page("segment_list.html", kept=None)


@router.post("/segment-list")
@admits(Capability.EDIT_SEGMENTS)
def keep_list(context: Member, form: Form) -> Response:
    """Keep pasted ids, phones and e-mails as a segment; what was not found is shown."""
    entries = text(form, "entries").splitlines()
    kept = actions.save_list(
        context.project, text(form, "name").strip(), entries, viewer=context.viewer, note=text(form, "note")
    )
    if kept.customers.unknown or kept.customers.ambiguous:
        return context.page("segment_list.html", kept=kept)
    return context.go(_address(kept.version.name))


@router.post("/segment-look")
@admits(Capability.SEE)
def look(context: Member, form: Form) -> Response:
    """What a condition comes to, for the script of an editor: both ways of writing it, and its figures."""
    try:
        looked = _looked(context, _condition(context, form))
    except ShukeError as error:
        return JSONResponse({"problem": str(error)})
    shown = context.page("segment_figures.html", looked=looked, own=text(form, "name")).body
    return JSONResponse(
        {
            "expression": looked.measured.expression,
            "rules": looked.measured.wire,
            "figures": bytes(shown).decode(),
        }
    )


@router.post("/segment-editor")
@admits(Capability.EDIT_SEGMENTS)
def save(context: Member, form: Form) -> Response:
    """Keep a segment; or, where nobody asked for that, show what it comes to."""
    draft = Draft(
        name=text(form, "name").strip(), seen=whole(text(form, "seen")) or 0,
        expression=text(form, "expression").strip(), note=text(form, "note").strip(),
    )  # fmt: skip
    if text(form, "do") != "save":
        return _editor(context, draft)
    try:
        actions.save(
            context.project, draft.name, draft.expression, viewer=context.viewer, note=draft.note,
            seen=draft.seen,
        )  # fmt: skip
    except WrongCall as error:
        return _editor(context, draft, problem=str(error))
    return context.go(_address(draft.name))


@router.post("/narrow-by-segment")
@admits(Capability.SEE)
def narrow(context: Member, form: Form) -> Response:
    """To the customers whom a condition means; what gives somebody away stays out of the address."""
    condition = text(form, "expression").strip()
    view.check(context.project, condition)
    pair = (MEANT, condition)
    query = urlencode([context.unsaid(*pair) if is_personal(*pair) else pair])
    return context.go(f"/customers?{query}")


@router.get("/segments/{name}")
def one(context: Member, name: str) -> Response:
    page = view.one(context.project, name, viewer=context.viewer)
    shown = page.summary.customers is not None and not page.summary.archived
    looked = _looked(context, f"in_segment('{name}')") if shown else None
    return context.page("segment.html", segment=page.summary, history=page.history, looked=looked)


@router.get("/segments/{name}/edit")
def edit(context: Member, name: str) -> Response:
    context.principal.require(Capability.EDIT_SEGMENTS)
    found = view.one(context.project, name, viewer=context.viewer).summary
    if found.expression is None:
        raise WrongCall(N_("This segment is a list; paste it anew to change it."))
    return _editor(context, Draft(name=name, seen=found.version, expression=found.expression))


@router.post("/segments/{name}/put")
@admits(Capability.EDIT_SEGMENTS)
def put(context: Member, form: Form, name: str) -> Response:
    """Put a segment away, or take it up again."""
    act = actions.restore if text(form, "do") == "restore" else actions.archive
    act(context.project, name, viewer=context.viewer)
    return context.go(_address(name))


def _address(name: str) -> str:
    return f"/segments/{quote(name)}"


def _customers(context: RequestContext) -> Any:
    return tables.declaration(context.project, context.project.open(), "customers")


def _condition(context: RequestContext, form: FormData) -> str:
    """As it was clicked together, or else as it was typed."""
    rules = text(form, "rules")
    if not rules:
        return text(form, "expression").strip()
    try:
        return view.rule(context.project, json.loads(rules))
    except (ValueError, RecursionError):
        raise WrongCall(
            N_("This is no condition as builders write it: rules have a field, an operator and a value.")
        ) from None


def _looked(context: RequestContext, condition: str) -> Looked:
    measured = view.measure(context.project, condition, viewer=context.viewer)
    query = Query(meant=condition, order_by="last_seen", descending=True, limit=SAMPLE)
    return Looked(measured, tables.rows(context.project, "customers", query, viewer=context.viewer))


def _editor(context: RequestContext, draft: Draft, *, problem: str = "") -> Response:
    looked = None
    if draft.expression and not problem:
        try:
            looked = _looked(context, draft.expression)
        except ShukeError as error:
            problem = str(error)
    return context.page(
        "segment_editor.html", draft=draft, looked=looked, problem=problem, builder=builder(context),
    )  # fmt: skip


def builder(context: RequestContext) -> str:
    """What the script of an editor has to know, as JSON: what one may ask by, and in which words."""
    segments = view.standing(context.project)
    if context.opened is None:
        return _builder(context, segments)
    key = ("builder", language(), context.viewer.sees_personal, segments)
    return context.opened.once(key, lambda: _builder(context, segments))


def _builder(context: RequestContext, segments: tuple[str, ...]) -> str:
    known = view.names(context.project, viewer=context.viewer)
    groups = [
        {"title": _("Behaviour"), "fields": [_behaviour(name) for name in BEHAVIOURS]},
        *([{"title": _("Segments"), "fields": [_in_segment(segments)]}] if segments else []),
        *({"title": title, "fields": fields} for title, fields in _by_table(known).items()),
    ]
    return json.dumps({"groups": groups, "words": _words()}, ensure_ascii=False)


def _by_table(known: tuple[AttributeName, ...]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in known:
        codes = one.codes or CODES.get(one.column, {})
        field = {
            "name": one.name, "title": str(one.title), "kind": _kind(Type(one.type)),
            "codes": {code: str(words) for code, words in codes.items()},
        }  # fmt: skip
        found.setdefault(str(one.table_title), []).append(field)
    return found


def _behaviour(name: str) -> dict[str, Any]:
    one = BEHAVIOURS[name]
    arguments = [{"name": a.name, "title": str(a.title), "sort": a.sort} for a in one.arguments]
    kind = "flag" if one.type is Type.FLAG else "number"
    return {"name": name, "title": str(one.title), "kind": kind, "arguments": arguments, "codes": {}}


def _in_segment(names: tuple[str, ...]) -> dict[str, Any]:
    codes = {name: name for name in names}
    return {"name": "in_segment", "title": _("In segment"), "kind": "segment", "codes": codes}


def _kind(type_: Type) -> str:
    if type_ is Type.FLAG:
        return "flag"
    if type_ in (Type.DATE, Type.TIME):
        return "day"
    return "text" if type_ in (Type.TEXT, Type.CURRENCY) else "number"


_OPERATORS = {
    "=": N_("is"), "!=": N_("is not"), "<": N_("is less than"), "<=": N_("is at most"),
    ">": N_("is more than"), ">=": N_("is at least"), "contains": N_("contains"),
    "doesNotContain": N_("does not contain"), "beginsWith": N_("begins with"),
    "doesNotBeginWith": N_("does not begin with"), "endsWith": N_("ends with"),
    "doesNotEndWith": N_("does not end with"), "in": N_("is one of"), "notIn": N_("is none of"),
    "between": N_("is between"), "notBetween": N_("is not between"), "null": N_("is not known"),
    "notNull": N_("is known"),
}  # fmt: skip
_DAYS = {
    "<": N_("is before"), "<=": N_("is on or before"), ">": N_("is after"), ">=": N_("is on or after")
}  # fmt: skip
_WORDS = {
    "every": N_("All of these hold"), "any": N_("Any of these holds"),
    "notEvery": N_("Not all of these hold"), "none": N_("None of these holds"),
    "rule": N_("Add condition"), "group": N_("Add group"),
    "remove": N_("Remove"), "yes": N_("yes"), "no": N_("no"), "and": N_("and"), "value": N_("Value"),
    "several": N_("Values, parted by commas"), "day": N_("2026-03-31 or 30d"), "period": N_("such as 30d"),
    "join": N_("How the conditions join"), "field": N_("What is asked"), "operator": N_("Comparison"),
}  # fmt: skip


def _words() -> dict[str, Any]:
    def said(words: Mapping[str, str]) -> dict[str, str]:
        return {name: _(word) for name, word in words.items()}

    return said(_WORDS) | {"operators": said(_OPERATORS), "days": said(_DAYS)}
