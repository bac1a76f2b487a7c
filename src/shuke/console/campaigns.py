"""Campaigns: who is written to, what does it say, when, and what came of it?"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Response

from shuke.access.roles import Capability
from shuke.actions import campaigns as actions
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.engage import offers
from shuke.engage.campaign import Campaign, CampaignStatus
from shuke.engage.offers import OfferRecord
from shuke.errors import ShukeError, WrongCall
from shuke.languages import LANGUAGES, N_, translate
from shuke.views import campaign_labels as labels
from shuke.views import campaigns as view
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)

Name = Annotated[str, Path(max_length=200)]

#: What a form is filled with before anybody has written anything.
_EMPTY: dict[str, Any] = {
    "audience": "", "channel": "", "content": {}, "purpose": "marketing", "starts": None, "open_until": None,
    "holdout": 0.05, "offer": None, "cap": 3, "cap_days": 7, "quiet": ["21:00", "08:00"],
    "silent_days": None, "cost": "0",
}  # fmt: skip


@router.get("/campaigns")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    found = view.listed(context.project, viewer=context.viewer)
    is_unattended = view.is_unattended(context.project, viewer=context.viewer)
    together = view.together(context.project, viewer=context.viewer)
    return context.page(
        "campaigns.html", found=found, labels=labels, is_unattended=is_unattended, together=together
    )


@router.get("/campaigns/new")
def blank(context: Member) -> Response:
    context.principal.require(Capability.RUN_CAMPAIGNS)
    return _form(context, name="", told=_EMPTY, is_new=True)


@router.post("/campaigns/new")
@admits(Capability.RUN_CAMPAIGNS)
def create(context: Member, form: Form) -> Response:
    context.principal.require(Capability.RUN_CAMPAIGNS)
    name, told = text(form, "name").strip(), _said(context, form)
    try:
        if not name:
            raise WrongCall(N_("Give the campaign a name."))
        actions.create(context.project, name, Campaign.from_json(told), viewer=context.viewer)
    except WrongCall as error:
        return _form(context, name=name, told=told, is_new=True, wrong=str(error))
    return context.go(_place(name))


@router.get("/campaigns/{name}")
def one(context: Member, name: Name) -> Response:
    context.principal.require(Capability.SEE)
    return _page(context, name)


@router.post("/campaigns/{name}")
@admits(Capability.RUN_CAMPAIGNS)
def change(context: Member, form: Form, name: Name) -> Response:
    """Whatever the button said: save, look at what it would do, begin, pause, go on, or end."""
    context.principal.require(Capability.RUN_CAMPAIGNS)
    deed = text(form, "do")
    if deed == "save":
        told = _said(context, form)
        try:
            actions.edit(context.project, name, Campaign.from_json(told), viewer=context.viewer)
        except WrongCall as error:
            return _form(context, name=name, told=told, is_new=False, wrong=str(error))
        return context.go(_place(name))
    if deed in ("check", "preview", "test"):
        return _page(context, name, deed=deed, customer=text(form, "customer"), to=text(form, "to"))
    if deed == "send-back":
        actions.send_back(context.project, name, viewer=context.viewer, note=text(form, "note")[:2000])
        return context.go(_place(name))
    if deed == "take-in":
        until = _moment(context, text(form, "open_until"))
        moment = until and datetime.fromisoformat(until)
        actions.take_in(context.project, name, moment or None, viewer=context.viewer)
        return context.go(_place(name))
    if deed not in _VERBS:
        raise WrongCall(N_("There is nothing at this address."))
    _VERBS[deed](context.project, name, viewer=context.viewer)
    return context.go(_place(name))


_VERBS = {
    "begin": actions.begin,
    "pause": actions.pause,
    "resume": actions.resume,
    "cancel": actions.cancel,
}


def _page(
    context: RequestContext, name: str, *, deed: str = "", customer: str = "", to: str = ""
) -> Response:
    page = view.one(context.project, name, viewer=context.viewer)
    values: dict[str, Any] = {"forecast": None, "message": None, "wrong": None, "tested": False}
    try:
        if deed == "check":
            values["forecast"] = view.forecast(context.project, name, viewer=context.viewer)
        elif deed == "preview":
            values["message"] = view.preview(context.project, name, customer, viewer=context.viewer)
        elif deed == "test":
            actions.send_test(context.project, name, customer, to, viewer=context.viewer)
            values["tested"] = True
    except ShukeError as error:
        values["wrong"] = str(error)
    until = page.document["open_until"]
    return context.page(
        "campaign.html", page=page, until=until and datetime.fromisoformat(until), name=name,
        told=page.document, labels=labels, customer=customer,
        to=to, is_draft=page.summary.status is CampaignStatus.DRAFT, is_new=False,
        local=partial(_local, context, page.document), **_choices(context), **values,
    )  # fmt: skip


def _form(
    context: RequestContext, *, name: str, told: dict[str, Any], is_new: bool, wrong: str | None = None
) -> Response:
    return context.page(
        "campaign_form.html", status=400 if wrong else 200, name=name, told=told, is_new=is_new, wrong=wrong,
        local=partial(_local, context, told), labels=labels, **_choices(context),
    )  # fmt: skip


def _choices(context: RequestContext) -> dict[str, Any]:
    return {
        "channels": sorted(context.project.settings.channels),
        "languages": LANGUAGES,
        "offers": [(each.id, each.terms.name) for each in _offers(context)],
    }


def _offers(context: RequestContext) -> list[OfferRecord]:
    return [each for each in offers.every(context.project.operations) if each.ended_at is None]


def _said(context: RequestContext, form: Any) -> dict[str, Any]:
    """What a form says, as a campaign is told."""
    said = {language: _parts(form, language) for language in LANGUAGES}
    content = {language: parts for language, parts in said.items() if any(parts.values())}
    told = {**_EMPTY, "content": content}
    told |= {name: text(form, name).strip() for name in ("audience", "channel", "purpose", "cost")}
    told["cost"] = told["cost"] or "0"
    told["offer"] = whole(text(form, "offer")) or None
    told["holdout"] = _number(form, "holdout", 5.0) / 100
    told["cap"], told["cap_days"] = (int(_number(form, n, d)) for n, d in (("cap", 3), ("cap_days", 7)))
    silent = text(form, "silent_days").strip()
    told["silent_days"] = int(_number(form, "silent_days", 0)) if silent else None
    quiet = [text(form, "quiet_from"), text(form, "quiet_until")]
    told["quiet"] = quiet if all(quiet) else None
    for when in ("starts", "open_until"):
        told[when] = _moment(context, text(form, when))
    return told


def _parts(form: Any, language: str) -> dict[str, str]:
    return {name: text(form, f"{name}-{language}") for name in ("subject", "text", "mjml")}


def _number(form: Any, name: str, otherwise: float) -> float:
    said = text(form, name).strip().replace(",", ".")
    try:
        return float(said) if said else otherwise
    except ValueError:
        raise WrongCall(N_("{value} is not a number."), value=translate("The value")) from None


def _moment(context: RequestContext, said: str) -> str | None:
    """A moment as a browser writes it, in the project's zone."""
    try:
        local = datetime.fromisoformat(said)
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(context.project.settings.zone)).isoformat()


def _local(context: RequestContext, told: Mapping[str, Any], when: str) -> str:
    """One of its moments as a browser writes it, in the project's zone."""
    if not told.get(when):
        return ""
    moment = datetime.fromisoformat(told[when])
    return f"{moment.astimezone(ZoneInfo(context.project.settings.zone)):%Y-%m-%dT%H:%M}"


def _place(name: str) -> str:
    return f"/campaigns/{quote(name, safe='')}"
