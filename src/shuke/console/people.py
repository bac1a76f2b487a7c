"""People: who may use this project, as what, and which programs act for them?"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response

from shuke.access import tokens, users
from shuke.access.roles import Capability, Role
from shuke.access.tokens import TokenRequest
from shuke.access.users import Invitation, User
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)

Name = Annotated[str, Path(max_length=64)]


@router.get("/users")
def everybody(context: Member) -> Response:
    context.principal.require(Capability.MANAGE_USERS)
    return _users_page(context)


@router.post("/users")
@admits(Capability.MANAGE_USERS)
def invite(context: Member, form: Form) -> Response:
    context.principal.require(Capability.MANAGE_USERS)
    role = _role(text(form, "role"))
    name = text(form, "name")
    invitation = users.create_user(context.project.operations, name, role, by=context.actor, now=context.now)
    return _users_page(context, invitation)


@router.post("/users/{name}")
@admits(Capability.MANAGE_USERS)
def change(context: Member, form: Form, name: Name) -> Response:
    """Whatever the button said: another role, a new password, out, or in again."""
    context.principal.require(Capability.MANAGE_USERS)
    user = users.get_user(context.project.operations, name)
    deeds = {"role": _set_role, "reset": _reset, "disable": _disable, "enable": _enable}
    if (event := text(form, "do")) not in deeds:
        raise WrongCall(N_("There is nothing at this address."))
    invitation = deeds[event](context, user, form)
    return _users_page(context, invitation) if invitation else context.go("/users")


@router.get("/tokens")
def own_tokens(context: Member) -> Response:
    context.principal.require(Capability.ISSUE_TOKENS)
    return _tokens_page(context)


@router.post("/tokens")
@admits(Capability.ISSUE_TOKENS)
def issue(context: Member, form: Form) -> Response:
    context.principal.require(Capability.ISSUE_TOKENS)
    assert context.session
    days = whole(text(form, "days"))
    expires = context.now + timedelta(days=min(days, 3650)) if days else None
    wish = TokenRequest(name=text(form, "name")[:100], role=_role(text(form, "role")), expires_at=expires)
    plain = tokens.issue(
        context.project.operations, context.session.user, wish, by=context.actor, now=context.now
    )
    return _tokens_page(context, plain)


@router.post("/tokens/{token_id}/revoke")
@admits()
def revoke(context: Member, _: Form, token_id: Number) -> Response:
    if token_id not in {token.id for token in _seen(context)}:
        raise WrongCall(N_("There is no such token."))
    tokens.revoke(context.project.operations, token_id, by=context.actor, now=context.now)
    return context.go("/tokens")


def _users_page(context: RequestContext, invitation: Invitation | None = None) -> Response:
    known = users.list_users(context.project.operations)
    return context.page("users.html", users=known, roles=list(Role), invitation=invitation)


def _tokens_page(context: RequestContext, plain: str | None = None) -> Response:
    return context.page("tokens.html", tokens=_seen(context), roles=list(Role), plain=plain)


def _seen(context: RequestContext) -> tuple[tokens.Token, ...]:
    """One's own; everybody's for whoever manages users."""
    assert context.session
    whose = None if context.may("manage_users") else context.session.user
    return tokens.list_tokens(context.project.operations, whose)


def _set_role(context: RequestContext, user: User, form: Form) -> None:
    users.set_role(
        context.project.operations, user, _role(text(form, "role")), by=context.actor, now=context.now
    )


def _reset(context: RequestContext, user: User, _: Form) -> Invitation:
    return users.reset_password(context.project.operations, user, by=context.actor, now=context.now)


def _disable(context: RequestContext, user: User, _: Form) -> None:
    users.disable(context.project.operations, user, by=context.actor, now=context.now)


def _enable(context: RequestContext, user: User, _: Form) -> None:
    users.enable(context.project.operations, user, by=context.actor, now=context.now)


def _role(name: str) -> Role:
    if name not in set(Role):
        raise WrongCall(N_("There is no role {role}."), role=name)
    return Role(name)
