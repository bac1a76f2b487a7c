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
def everybody(visit: Member) -> Response:
    visit.principal.require(Capability.MANAGE_USERS)
    return _users_page(visit)


@router.post("/users")
@admits(Capability.MANAGE_USERS)
def invite(visit: Member, form: Form) -> Response:
    visit.principal.require(Capability.MANAGE_USERS)
    role = _role(text(form, "role"))
    name = text(form, "name")
    invitation = users.create_user(visit.project.operations, name, role, by=visit.actor, now=visit.now)
    return _users_page(visit, invitation)


@router.post("/users/{name}")
@admits(Capability.MANAGE_USERS)
def change(visit: Member, form: Form, name: Name) -> Response:
    """Whatever the button said: another role, a new password, out, or in again."""
    visit.principal.require(Capability.MANAGE_USERS)
    user = users.get_user(visit.project.operations, name)
    deeds = {"role": _set_role, "reset": _reset, "disable": _disable, "enable": _enable}
    if (deed := text(form, "do")) not in deeds:
        raise WrongCall(N_("There is nothing at this address."))
    invitation = deeds[deed](visit, user, form)
    return _users_page(visit, invitation) if invitation else visit.go("/users")


@router.get("/tokens")
def own_tokens(visit: Member) -> Response:
    visit.principal.require(Capability.ISSUE_TOKENS)
    return _tokens_page(visit)


@router.post("/tokens")
@admits(Capability.ISSUE_TOKENS)
def issue(visit: Member, form: Form) -> Response:
    visit.principal.require(Capability.ISSUE_TOKENS)
    assert visit.session
    days = whole(text(form, "days"))
    expires = visit.now + timedelta(days=min(days, 3650)) if days else None
    wish = TokenRequest(name=text(form, "name")[:100], role=_role(text(form, "role")), expires_at=expires)
    plain = tokens.issue(visit.project.operations, visit.session.user, wish, by=visit.actor, now=visit.now)
    return _tokens_page(visit, plain)


@router.post("/tokens/{token_id}/revoke")
@admits()
def revoke(visit: Member, _: Form, token_id: Number) -> Response:
    if token_id not in {token.id for token in _seen(visit)}:
        raise WrongCall(N_("There is no such token."))
    tokens.revoke(visit.project.operations, token_id, by=visit.actor, now=visit.now)
    return visit.go("/tokens")


def _users_page(visit: RequestContext, invitation: Invitation | None = None) -> Response:
    known = users.list_users(visit.project.operations)
    return visit.page("users.html", users=known, roles=list(Role), invitation=invitation)


def _tokens_page(visit: RequestContext, plain: str | None = None) -> Response:
    return visit.page("tokens.html", tokens=_seen(visit), roles=list(Role), plain=plain)


def _seen(visit: RequestContext) -> tuple[tokens.Token, ...]:
    """One's own; everybody's for whoever manages users."""
    assert visit.session
    whose = None if visit.may("manage_users") else visit.session.user
    return tokens.list_tokens(visit.project.operations, whose)


def _set_role(visit: RequestContext, user: User, form: Form) -> None:
    users.set_role(visit.project.operations, user, _role(text(form, "role")), by=visit.actor, now=visit.now)


def _reset(visit: RequestContext, user: User, _: Form) -> Invitation:
    return users.reset_password(visit.project.operations, user, by=visit.actor, now=visit.now)


def _disable(visit: RequestContext, user: User, _: Form) -> None:
    users.disable(visit.project.operations, user, by=visit.actor, now=visit.now)


def _enable(visit: RequestContext, user: User, _: Form) -> None:
    users.enable(visit.project.operations, user, by=visit.actor, now=visit.now)


def _role(name: str) -> Role:
    if name not in set(Role):
        raise WrongCall(N_("There is no role {role}."), role=name)
    return Role(name)
