"""Login: how does a person come in and go out?"""

from fastapi import APIRouter, Response

from shuke.access import sessions
from shuke.access.limits import TooManyAttempts
from shuke.access.login import Credentials, WrongCredentials, log_in
from shuke.access.users import User
from shuke.console.request_context import (
    SESSION_COOKIE,
    STRANGER_COOKIE,
    Anybody,
    Form,
    Member,
    RequestContext,
    greeted,
    local,
    text,
)
from shuke.console.responses import PageRoute
from shuke.web.bodies import admits
from shuke.web.statuses import status

router = APIRouter(route_class=PageRoute)


@router.get("/login")
def ask(context: Anybody, back: str = "/") -> Response:
    return context.go(back) if context.session else _page(context, back=local(back))


@router.post("/login")
@admits(anybody=True)
def enter(context: Anybody, form: Form) -> Response:
    back = local(text(form, "back"))
    given = Credentials(text(form, "name"), text(form, "password"))
    try:
        project = context.project
        user = log_in(
            project.operations, given, context.address, key=project.key, door="console", now=context.now
        )
    except WrongCredentials as error:
        return _page(context, back=back, name=given.name, wrong=str(error), code=401)
    except TooManyAttempts as error:
        return _page(context, back=back, name=given.name, wrong=str(error), code=status(error))
    response = let_in(context, user, back="/account/password" if user.must_change else back)
    response.delete_cookie(STRANGER_COOKIE)
    return response


@router.post("/logout")
@admits()
def leave(context: Member, _: Form) -> Response:
    assert context.session
    sessions.end(context.project.operations, context.session, now=context.now)
    context.state.searches.forget(context.session)
    response = context.go("/login")
    response.delete_cookie(SESSION_COOKIE)
    return response


def let_in(context: RequestContext, user: User, *, back: str) -> Response:
    """Begin a session in this browser, in the language that the user chose."""
    cookie = sessions.begin(context.project.operations, context.state.key, user, now=context.now)
    response = context.go(back)
    context.keep(response, SESSION_COOKIE, cookie, seconds=int(sessions.LIFETIME.total_seconds()))
    if user.language:
        context.speak(response, user.language)
    return response


def _page(
    context: RequestContext, *, back: str, name: str = "", wrong: str | None = None, code: int = 200
) -> Response:
    context, stranger = greeted(context)
    response = context.page("login.html", status=code, back=back, name=name, wrong=wrong)
    context.keep(response, STRANGER_COOKIE, stranger)
    return response
