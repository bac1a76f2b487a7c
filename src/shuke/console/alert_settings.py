"""Alert settings: which thresholds and reminders hold for a rule, and what would others have told?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from shuke.access.roles import Capability
from shuke.actions import rule_settings as actions
from shuke.console.request_context import Form, Member, RequestContext, day, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.errors import WrongCall
from shuke.views import rule_setting_labels as labels
from shuke.views import rule_settings as view
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)

#: What a form for a replay is filled with: so many days back, a look each week.
_BACK, _STEP = timedelta(days=91), 7


@router.get("/alert-settings")
def every(context: Member) -> Response:
    found = view.listed(context.project, viewer=context.viewer)
    return context.page("alert_settings.html", found=found, labels=labels)


@router.get("/alert-settings/{rule}")
def one(context: Member, rule: str) -> Response:
    return _page(context, rule)


@router.post("/alert-settings/{rule}")
@admits(Capability.EDIT_RULES)
def change(context: Member, form: Form, rule: str) -> Response:
    """Set what holds, or have it tried on the past; what is wrong is said, and what was written stays."""
    context.principal.require(Capability.EDIT_RULES)
    written = _written(form)
    try:
        if text(form, "do") == "try":
            actions.try_out(
                context.project, rule, written, since=day(text(form, "since")),
                until=day(text(form, "until")), step=whole(text(form, "step")) or _STEP,
                viewer=context.viewer,
            )  # fmt: skip
        else:
            days, times = (whole(text(form, name)) for name in ("remind_days", "remind_times"))
            actions.save(
                context.project, rule, written, viewer=context.viewer, remind_days=days, remind_times=times,
                note=text(form, "note").strip(), seen=whole(text(form, "seen")) or 0,
            )  # fmt: skip
    except WrongCall as wrong:
        return _page(context, rule, written=written, problem=str(wrong))
    return context.go(f"/alert-settings/{rule}")


def _written(form: FormData) -> dict[str, str]:
    """The thresholds of a form; an empty field sets none."""
    fields = {name.removeprefix("threshold-"): name for name in form if name.startswith("threshold-")}
    return {name: told for name, field in fields.items() if (told := text(form, field).strip())}


def _page(
    context: RequestContext, rule: str, *, written: Mapping[str, Any] | None = None, problem: str = ""
) -> Response:
    page = view.one(context.project, rule, viewer=context.viewer)
    set_here = {t.name: t.set_here for t in page.summary.thresholds if t.set_here is not None}
    until = context.opened.build.manifest.as_of if context.opened else context.today
    replayed = page.replay["tried"] if page.replay else ()
    subjects = [
        o["subject"] for each in replayed for o in each["openings"] if o["subject_kind"] == "customer"
    ]
    return context.page(
        "alert_setting.html", status=400 if problem else 200, page=page, rule=page.summary, labels=labels,
        written=set_here if written is None else written, problem=problem, since=until - _BACK, until=until,
        step=_STEP, called=context.called(subjects),
    )  # fmt: skip
