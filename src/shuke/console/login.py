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
def ask(visit: Anybody, back: str = "/") -> Response:
    return visit.go(back) if visit.session else _page(visit, back=local(back))


@router.post("/login")
@admits(anybody=True)
def enter(visit: Anybody, form: Form) -> Response:
    back = local(text(form, "back"))
    given = Credentials(text(form, "name"), text(form, "password"))
    try:
        project = visit.project
        user = log_in(
            project.operations, given, visit.address, key=project.key, door="console", now=visit.now
        )
    except WrongCredentials as error:
        return _page(visit, back=back, name=given.name, wrong=str(error), code=401)
    except TooManyAttempts as error:
        return _page(visit, back=back, name=given.name, wrong=str(error), code=status(error))
    response = let_in(visit, user, back="/account/password" if user.must_change else back)
    response.delete_cookie(STRANGER_COOKIE)
    return response


@router.post("/logout")
@admits()
def leave(visit: Member, _: Form) -> Response:
    assert visit.session
    sessions.end(visit.project.operations, visit.session, now=visit.now)
    visit.shelf.searches.forget(visit.session)
    response = visit.go("/login")
    response.delete_cookie(SESSION_COOKIE)
    return response


def let_in(visit: RequestContext, user: User, *, back: str) -> Response:
    """Begin a session in this browser, in the language that the user chose."""
    cookie = sessions.begin(visit.project.operations, visit.shelf.key, user, now=visit.now)
    response = visit.go(back)
    visit.keep(response, SESSION_COOKIE, cookie, seconds=int(sessions.LIFETIME.total_seconds()))
    if user.language:
        visit.speak(response, user.language)
    return response


def _page(
    visit: RequestContext, *, back: str, name: str = "", wrong: str | None = None, code: int = 200
) -> Response:
    visit, stranger = greeted(visit)
    response = visit.page("login.html", status=code, back=back, name=name, wrong=wrong)
    visit.keep(response, STRANGER_COOKIE, stranger)
    return response
