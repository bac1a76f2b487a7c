"""Account: how do users change their language and password?"""

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
def speak(context: Anybody, form: Form) -> Response:
    chosen = next((language for language in LANGUAGES if language == form.get("language")), None)
    if chosen is None:
        raise WrongCall(N_("There is no language {language}."), language=text(form, "language"))
    if context.session is not None:
        set_language(context.project.operations, context.session.user, chosen)
    response = context.go(local(text(form, "back")))
    context.speak(response, chosen)
    return response


@router.get("/account")
def account(context: Member) -> Response:
    return context.page("account.html", wrong=None)


@router.get("/account/password")
def ask_for_password(context: Member) -> Response:
    return context.page("password.html", wrong=None)


@router.post("/account/password")
@admits()
def choose_password(context: Member, form: Form) -> Response:
    assert context.session
    user, new = context.session.user, text(form, "new")
    try:
        _check(context, text(form, "old"), new, again=text(form, "again"))
        change_password(context.project.operations, user, new, by=context.actor, now=context.now)
    except ShukeError as error:
        return context.page("password.html", status=400, wrong=str(error))
    # The change logs out whoever is in as them; this browser comes straight back.
    return let_in(context, user, back="/")


def _check(context: RequestContext, old: str, new: str, *, again: str) -> None:
    assert context.session
    user, operations = context.session.user, context.project.operations
    attempt = limits.admit(operations, user.name, context.address, key=context.project.key, now=context.now)
    if authenticate(operations, user.name, old) is None:
        raise WrongCall(N_("The current password is wrong."))
    limits.forgive(operations, attempt)
    if new != again:
        raise WrongCall(N_("The two new passwords differ."))
    if new == old:
        raise WrongCall(N_("The new password is the same as the old one."))
