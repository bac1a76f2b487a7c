"""Alert rules: how does a program make rules of the company's own?"""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from shuke.access.roles import Capability
from shuke.actions import alert_rules as actions
from shuke.alerts.own_rules import OwnRule
from shuke.alerts.rule_versions import RuleVersion
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.views import alert_rules as view
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["alerts"])

Condition = Annotated[str, Body(description="on the columns of the table", max_length=10_000)]
Words = Annotated[str, Body(max_length=500)]


@router.get(
    "/alert-rules",
    summary="Which rules of its own does the company have?",
    responses=gives(list[RuleVersion]),
)
def every(project: Here, caller: Caller) -> Response:
    return answer(view.listed(project, viewer=caller))


@router.get("/alert-rules/{name}", summary="One rule and its versions", responses=gives(view.RulePage))
def one(project: Here, caller: Caller, name: str) -> Response:
    """`preview` is what it would find in the current build."""
    return answer(view.one(project, name, viewer=caller))


@router.post("/alert-rules/{name}", summary="Make or change a rule", responses=gives(RuleVersion))
@admits(Capability.EDIT_RULES)
def save(
    project: Here,
    caller: Caller,
    *,
    name: str,
    title: Words,
    table: Words,
    where: Condition,
    subject: Annotated[str, Body(description="the column that says whom an alert is about", max_length=500)],
    severity: Words = "medium",
    money: Annotated[str | None, Body(description="the column whose sum is at stake", max_length=500)] = None,
    lasts: Annotated[
        str | None, Body(description="a wider condition by which an alert stays open", max_length=10_000)
    ] = None,
    note: Words = "",
    seen: Annotated[Number | None, Body(description="the version that you looked at; 0: a new rule")] = None,
) -> Response:
    """The next build asks it; 409 where somebody has changed what was `seen`."""
    rule = OwnRule(
        name=name, title=title, table=table, where=where, subject=subject, severity=severity, money=money,
        lasts=lasts,
    )  # fmt: skip
    return answer(actions.save(project, rule, viewer=caller, note=note, seen=seen))


@router.post("/alert-rule-switches/{name}", summary="Switch a rule on or off", responses=gives(RuleVersion))
@admits(Capability.EDIT_RULES)
def switch(
    project: Here, caller: Caller, *, name: str, on: Annotated[bool, Body()], note: Words = ""
) -> Response:
    return answer(actions.switch(project, name, on=on, viewer=caller, note=note))
