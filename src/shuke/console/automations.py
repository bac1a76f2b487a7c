"""Automations: what is done by itself when something happens to a customer, and what came of it?"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from shuke.access.roles import Capability
from shuke.actions import automations as actions
from shuke.actions import simulations
from shuke.alerts.findings import AlertRule
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import TableRequest, pages, whole
from shuke.engage import offers
from shuke.engage.automation import MAX_STEPS, STEP_FIELDS, Automation
from shuke.engage.campaign import CampaignStatus
from shuke.engage.trigger import triggers
from shuke.errors import WrongCall
from shuke.graph import catalogue
from shuke.languages import LANGUAGES, N_
from shuke.views import automation_labels as labels
from shuke.views import automation_runs, campaign_labels, campaigns, segments
from shuke.views import automations as view
from shuke.views.alerts import assignable
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)

Name = Annotated[str, Path(max_length=200)]

#: So many of those who have entered a page shows at once.
RUNS = 20

#: What a form is filled with before anybody has written anything.
_STEP: dict[str, Any] = {
    "do": "message", "wait": "0d", "channel": "", "content": {}, "offer": None, "cost": "0", "title": "",
    "assignee": "", "due_days": 1,
}  # fmt: skip
_EMPTY: dict[str, Any] = {
    "when": {"trigger": "due_to_buy"}, "unless": "", "then": [_STEP], "max_age_days": 7,
    "cool_down_days": 30, "priority": 0, "limit": None, "purpose": "marketing", "holdout": 0.05, "cap": 3,
    "cap_days": 7, "quiet": ["21:00", "08:00"], "silent_days": None,
}  # fmt: skip


@router.get("/automations")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    found = view.listed(context.project, viewer=context.viewer)
    return context.page(
        "automations.html", found=found, labels=labels, triggers=triggers(),
        is_unattended=campaigns.is_unattended(context.project, viewer=context.viewer),
    )  # fmt: skip


@router.get("/automations/new")
def blank(context: Member) -> Response:
    context.principal.require(Capability.RUN_CAMPAIGNS)
    return _form(context, name="", document=_EMPTY, is_new=True)


@router.post("/automations/new")
@admits(Capability.RUN_CAMPAIGNS)
def create(context: Member, form: Form) -> Response:
    context.principal.require(Capability.RUN_CAMPAIGNS)
    name, document = text(form, "name").strip(), _read(form)
    if text(form, "do") == "more":
        return _form(context, name=name, document=_longer(document), is_new=True)
    try:
        if not name:
            raise WrongCall(N_("Give the automation a name."))
        actions.create(context.project, name, Automation.from_json(document), viewer=context.viewer)
    except WrongCall as error:
        return _form(context, name=name, document=document, is_new=True, wrong=str(error))
    return context.go(_place(name))


@router.get("/automations/{automation}")
def one(context: Member, automation: Name, page: Number = 1) -> Response:
    context.principal.require(Capability.SEE)
    asked = TableRequest(page=max(page, 1))
    found = view.one(context.project, automation, viewer=context.viewer)
    entered = automation_runs.runs(
        context.project, automation, viewer=context.viewer, limit=RUNS, offset=(asked.page - 1) * RUNS
    )
    return context.page(
        "automation.html", page=found, name=automation, document=_filled(found.document), is_new=False,
        labels=labels,
        campaign_labels=campaign_labels, entered=entered, asked=asked, pages=pages(entered.total, RUNS),
        at_once=RUNS, may_write=found.summary.status in (CampaignStatus.DRAFT, CampaignStatus.PAUSED),
        is_unattended=campaigns.is_unattended(context.project, viewer=context.viewer), **_choices(context),
    )  # fmt: skip


@router.post("/automations/{automation}")
@admits(Capability.RUN_CAMPAIGNS)
def change(context: Member, form: Form, automation: Name) -> Response:
    """Whatever the button said: save, one step more, try on the past, switch on or off, or end."""
    context.principal.require(Capability.RUN_CAMPAIGNS)
    name, deed = automation, text(form, "do")
    if deed in ("save", "more"):
        document = _read(form)
        if deed == "more":
            return _form(context, name=name, document=_longer(document), is_new=False)
        try:
            actions.edit(context.project, name, Automation.from_json(document), viewer=context.viewer)
        except WrongCall as error:
            return _form(context, name=name, document=document, is_new=False, wrong=str(error))
    elif deed == "simulate":
        simulations.ask(context.project, name, viewer=context.viewer)
    elif deed == "send-back":
        actions.send_back(context.project, name, viewer=context.viewer, note=text(form, "note")[:2000])
    elif deed in _VERBS:
        _VERBS[deed](context.project, name, viewer=context.viewer)
    else:
        raise WrongCall(N_("There is nothing at this address."))
    return context.go(_place(name))


_VERBS = {
    "begin": actions.begin,
    "pause": actions.pause,
    "cancel": actions.cancel,
}


def _form(
    context: RequestContext,
    *,
    name: str,
    document: Mapping[str, Any],
    is_new: bool,
    wrong: str | None = None,
) -> Response:
    return context.page(
        "automation_form.html", status=400 if wrong else 200, name=name, document=_filled(document),
        is_new=is_new,
        wrong=wrong, labels=labels, **_choices(context),
    )  # fmt: skip


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an automation says, with a place for all that it might."""
    takes = {name: "" for each in triggers().values() for name in each.parameters}
    then = [_STEP | dict(step) for step in document["then"]]
    return {**document, "when": takes | dict(document["when"]), "then": then}


def _choices(context: RequestContext) -> dict[str, Any]:
    project = context.project
    found = catalogue.derived(project.root).values()
    return {
        "triggers": triggers(), "languages": LANGUAGES, "channels": sorted(project.settings.channels),
        "offers": [(o.id, o.terms.name) for o in offers.every(project.operations) if o.ended_at is None],
        "segments": [each.name for each in segments.listed(project, viewer=context.viewer)],
        "rules": [(each.name, each.title) for each in found if isinstance(each, AlertRule)],
        "users": assignable(project), "max_steps": MAX_STEPS,
    }  # fmt: skip


def _longer(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"then": [*document["then"], _STEP]}


def _read(form: Any) -> dict[str, Any]:
    """What a form says, as an automation is told; what is no number is said back as it was written."""
    silent, limit = text(form, "silent_days").strip(), text(form, "limit").strip()
    quiet = [text(form, "quiet_from"), text(form, "quiet_until")]
    share = _decimal(text(form, "holdout"))
    return {
        "when": _when(form), "unless": text(form, "unless").strip(), "then": list(_steps(form)),
        "purpose": text(form, "purpose"), "quiet": quiet if all(quiet) else None,
        "holdout": share / 100 if isinstance(share, int | float) else share,
        "limit": _whole(limit) if limit else None, "silent_days": _whole(silent) if silent else None,
        **{name: _whole(text(form, name)) for name in _WHOLE},
    }  # fmt: skip


_WHOLE = ("max_age_days", "cool_down_days", "priority", "cap", "cap_days")


def _when(form: Any) -> dict[str, Any]:
    """The trigger that was chosen, with what it takes of what was filled in."""
    name = text(form, "trigger")
    takes = triggers()[name].parameters if name in triggers() else {}
    said = {each: text(form, each).strip() for each in takes}
    told = {each: _whole(said[each]) if takes[each][0] is int else said[each] for each in takes if said[each]}
    return {"trigger": name, **told}


def _steps(form: Any) -> Iterator[dict[str, Any]]:
    for number in range(MAX_STEPS):
        kind = text(form, f"do-{number}")
        if kind not in STEP_FIELDS:
            continue  # there is none of that number, or it was taken out
        said = {name: text(form, f"{name}-{number}").strip() for name in ("channel", "title", "assignee")}
        said["cost"] = text(form, f"cost-{number}").strip() or "0"
        every: dict[str, Any] = {
            **said, "content": _content(form, number), "offer": whole(text(form, f"offer-{number}")) or None,
            "due_days": _whole(text(form, f"due_days-{number}") or "1"),
        }  # fmt: skip
        wait = text(form, f"wait-{number}").strip() or "0d"
        yield {"do": kind, "wait": wait} | {name: every[name] for name in STEP_FIELDS[kind].may}


def _content(form: Any, number: int) -> dict[str, dict[str, str]]:
    said = {
        each: {part: text(form, f"{part}-{each}-{number}") for part in ("subject", "text")}
        for each in LANGUAGES
    }
    return {each: parts for each, parts in said.items() if any(parts.values())}


def _whole(said: str) -> int | str:
    try:
        return int(said)
    except ValueError:
        return said


def _decimal(said: str) -> float | str:
    try:
        return float(said.strip().replace(",", "."))
    except ValueError:
        return said


def _place(name: str) -> str:
    return f"/automations/{quote(name, safe='')}"
