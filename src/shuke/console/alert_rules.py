"""Alert rules: which rules of its own does the company have, and how does one make another?"""

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import alert_rules as actions
from shuke.alerts.own_rules import OwnRule
from shuke.alerts.rule_versions import RuleVersion
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.errors import WrongCall
from shuke.views import alert_rules as view
from shuke.views import tables
from shuke.views.alert_rules import RulePage
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)

EMPTY = OwnRule(name="", title="", table="", where="", subject="")


@router.get("/alert-rules")
def every(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    return _page(context, EMPTY)


@router.post("/alert-rules")
@admits(Capability.EDIT_RULES)
def save(context: Member, form: Form) -> Response:
    """Keep a rule, and show what it would find; or say what is wrong with it, and keep nothing."""
    context.principal.require(Capability.EDIT_RULES)
    rule = OwnRule(
        name=text(form, "name").strip(), title=text(form, "title").strip(), table=text(form, "table").strip(),
        where=text(form, "where").strip(), subject=text(form, "subject").strip(),
        severity=text(form, "severity"), money=text(form, "money").strip() or None,
        lasts=text(form, "lasts").strip() or None,
    )  # fmt: skip
    seen = whole(text(form, "seen")) or 0
    try:
        actions.save(context.project, rule, viewer=context.viewer, note=text(form, "note").strip(), seen=seen)
    except WrongCall as wrong:
        found = view.one(context.project, rule.name, viewer=context.viewer) if seen else None
        return _page(context, rule, found=found, problem=str(wrong))
    return context.go(f"/alert-rules/{rule.name}")


@router.get("/alert-rules/{name}")
def one(context: Member, name: str) -> Response:
    found = view.one(context.project, name, viewer=context.viewer)
    return _page(context, found.versions[0].rule, found=found)


@router.post("/alert-rules/{name}")
@admits(Capability.EDIT_RULES)
def switch(context: Member, form: Form, name: str) -> Response:
    """Switch a rule on or off."""
    context.principal.require(Capability.EDIT_RULES)
    on = text(form, "do") == "on"
    actions.switch(context.project, name, on=on, viewer=context.viewer, note=text(form, "note").strip())
    return context.go(f"/alert-rules/{name}")


def _page(
    context: RequestContext, rule: OwnRule, *, found: RulePage | None = None, problem: str = ""
) -> Response:
    listed: tuple[RuleVersion, ...] = () if found else view.listed(context.project, viewer=context.viewer)
    known = tables.catalog(context.project) if context.opened else ()
    names = [each.name for each in known if each.area not in ("alerts", "segments")]
    return context.page(
        "alert_rules.html", rule=rule, found=found, listed=listed, problem=problem, table_names=names
    )
