"""Account: in which language does the console speak to me, and with which password do I come in?"""

from fastapi import APIRouter, Response

from shuke.access import limits
from shuke.access.users import authenticate, change_password, set_language
from shuke.console.login import let_in
from shuke.console.request_context import Anybody, Form, Member, RequestContext, local, text
from shuke.console.responses import PageRoute
from shuke.errors import ShukeError, WrongCall
from shuke.languages import LANGUAGES, N_
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)


@router.post("/language")
@admits(anybody=True)
def speak(visit: Anybody, form: Form) -> Response:
    chosen = next((language for language in LANGUAGES if language == form.get("language")), None)
    if chosen is None:
        raise WrongCall(N_("There is no language {language}."), language=text(form, "language"))
    if visit.session is not None:
        set_language(visit.project.operations, visit.session.user, chosen)
    response = visit.go(local(text(form, "back")))
    visit.speak(response, chosen)
    return response


@router.get("/account")
def account(visit: Member) -> Response:
    return visit.page("account.html", wrong=None)


@router.get("/account/password")
def ask_for_password(visit: Member) -> Response:
    return visit.page("password.html", wrong=None)


@router.post("/account/password")
@admits()
def choose_password(visit: Member, form: Form) -> Response:
    assert visit.session
    user, new = visit.session.user, text(form, "new")
    try:
        _check(visit, text(form, "old"), new, again=text(form, "again"))
        change_password(visit.project.operations, user, new, by=visit.actor, now=visit.now)
    except ShukeError as error:
        return visit.page("password.html", status=400, wrong=str(error))
    # The change logs out whoever is in as them; this browser comes straight back.
    return let_in(visit, user, back="/")


def _check(visit: RequestContext, old: str, new: str, *, again: str) -> None:
    assert visit.session
    user, operations = visit.session.user, visit.project.operations
    attempt = limits.admit(operations, user.name, visit.address, key=visit.project.key, now=visit.now)
    if authenticate(operations, user.name, old) is None:
        raise WrongCall(N_("The password so far is not right."))
    limits.forgive(operations, attempt)
    if new != again:
        raise WrongCall(N_("The new password was typed in two ways."))
    if new == old:
        raise WrongCall(N_("The new password is the old one."))
