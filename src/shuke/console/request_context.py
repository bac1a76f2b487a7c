"""Request context: who views this page, what may they do, and is this form ours?"""

import hmac
import secrets
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, QueryParams

from shuke.access import sessions
from shuke.access.audit import Actor, AuditEvent
from shuke.access.roles import Capability, Principal
from shuke.access.sessions import Session
from shuke.app import Opened, Project
from shuke.console.guard import LANGUAGE_COOKIE
from shuke.console.searches import TOKEN_PARAMETER, Pair, anonymous, is_personal
from shuke.console.state import ConsoleState
from shuke.errors import Denied, WrongCall
from shuke.languages import N_, Language, language
from shuke.views.names import is_customer_id, names_of
from shuke.views.query import Declared
from shuke.views.viewer import Viewer
from shuke.web.bodies import admitted, weigh

SESSION_COOKIE = "shuke_session"
STRANGER_COOKIE = "shuke_visitor"  # ties the login form to the browser that asked for it

#: Of a form: a sheet that is settled has several fields for each of its columns.
MOST_FILES, MOST_FIELDS = 50, 20_000

YEAR = 60 * 60 * 24 * 365


class NotLoggedIn(Denied):
    """Log in first, then come back to `back`."""

    def __init__(self, back: str) -> None:
        self.back = back
        super().__init__(N_("Please log in."))


class PasswordIsOnce(Denied):
    """Choose a password before anything else."""

    def __init__(self) -> None:
        super().__init__(N_("Choose a password of your own first."))


@dataclass(frozen=True)
class RequestContext:
    """One request of one reader."""

    request: Request
    state: ConsoleState
    session: Session | None
    csrf: str

    @property
    def project(self) -> Project:
        return self.state.project

    @classmethod
    def of(cls, request: Request) -> "RequestContext":
        """The visit that a request belongs to; looked up once for each."""
        if not hasattr(request.state, "context"):
            request.state.context = cls._of(request)
        context: RequestContext = request.state.context
        return context

    @classmethod
    def _of(cls, request: Request) -> "RequestContext":
        state: ConsoleState = request.app.state.console
        operations, now = state.project.operations, datetime.now(UTC)
        cookie = request.cookies.get(SESSION_COOKIE)
        session = sessions.verify(operations, state.key, cookie, now=now) if cookie else None
        stranger = request.cookies.get(STRANGER_COOKIE, "")
        return cls(request, state, session, session.csrf if session else _stranger_csrf(state.key, stranger))

    @property
    def language(self) -> Language:
        return language()

    @property
    def principal(self) -> Principal:
        if self.session is None:
            raise NotLoggedIn(_address(self.request))
        return self.session.user.principal

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.principal, "console", self.now)

    @property
    def actor(self) -> Actor:
        return self.viewer.actor

    @property
    def address(self) -> str:
        """The network address that they come from."""
        return self.request.client.host if self.request.client else ""

    @cached_property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def today(self) -> date:
        """The day on the clocks of the company."""
        return self.now.astimezone(ZoneInfo(self.project.settings.zone)).date()

    @cached_property
    def opened(self) -> Opened | None:
        """The current build; none before the first."""
        return self.project.open() if self.project.builds.numbers() else None

    def called(self, ids: Iterable[str | None]) -> dict[str, str]:
        """What customers are called in the current build, by id; other texts are nobody's."""
        known = [each for each in ids if is_customer_id(each)]
        if not known or self.opened is None or "customers" not in self.opened.reader.tables:
            return {}
        return names_of(self.opened, known, viewer=self.viewer)

    @cached_property
    def search_parameters(self) -> list[tuple[Pair, Pair]]:
        """Each parameter as it stands in the address, with what it means where it is a token."""
        given = self.request.query_params.multi_items()
        said = self.state.searches.lookup
        return [(pair, said(self.session, pair[1]) if pair[0] == TOKEN_PARAMETER else pair) for pair in given]

    @property
    def params(self) -> QueryParams:
        """What the address asks, with what it does not say itself."""
        return QueryParams([meant for _, meant in self.search_parameters])

    def unsaid(self, name: str, value: str) -> Pair:
        """A parameter as an address may have it: kept, and named by a token."""
        assert self.session
        return TOKEN_PARAMETER, self.state.searches.keep(self.session, name, value)

    def two(self, a: str, b: str) -> str:
        """The query of an address about two customers, or records, whose numbers it does not say."""
        pairs = (("a", a), ("b", b))
        return urlencode([self.unsaid(*pair) if is_personal(*pair) else pair for pair in pairs])

    def unseen(self, declared: Declared | None) -> str | None:
        """Where to go instead of an address that holds what gives somebody away; none where it does not."""
        given = self.request.query_params.multi_items()
        kept = [self.unsaid(*pair) if is_personal(*pair, declared) else pair for pair in given]
        return None if kept == given else f"{quote(self.request.url.path)}?{urlencode(kept)}"

    def may(self, capability: str) -> bool:
        return self.session is not None and self.principal.may(Capability(capability))

    def note(self, event: AuditEvent) -> None:
        self.viewer.did(self.project.operations, event)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        html = self.state.pages.get_template(template).render(context=self, **values)
        return HTMLResponse(html, status_code=status)

    def go(self, path: str) -> Response:
        return RedirectResponse(local(path), status_code=303)

    def keep(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie that no script and no other site can read."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=self.request.url.scheme == "https",
        )

    def speak(self, response: Response, chosen: str) -> None:
        self.keep(response, LANGUAGE_COOKIE, chosen, seconds=YEAR)


def day(written: str) -> date:
    """A day as browsers write it."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise WrongCall(
            N_("{value} is not a date. Write it as 2026-03-31."), value=repr(written[:20])
        ) from None


def local(path: str | None) -> str:
    """The path when it stays on this server, the overview otherwise.

    local("/customers?q=1")     "/customers?q=1"
    local("//evil.example")     "/"
    local("https://evil.org")   "/"
    local("/\\\\evil.example")  "/"
    """
    path = path or "/"
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return path if ours and path.isprintable() else "/"


def admit(request: Request) -> None:
    """Let somebody send something to the page that they have come to; nothing of it has been read."""
    admits, context = admitted(request.scope), RequestContext.of(request)
    if not admits.anybody:
        _member(context)
    for capability in admits.needs:
        context.principal.require(capability)
    weigh(request)


#: Where even one may go whose password is once, or who may see nothing.
_OWN_PAGES = ("/account/password", "/logout", "/language")


def _member(context: Annotated[RequestContext, Depends(RequestContext.of)]) -> RequestContext:
    if context.session is None:
        raise NotLoggedIn(_address(context.request))
    path = context.request.url.path
    if context.session.user.must_change and path not in _OWN_PAGES:
        raise PasswordIsOnce
    if path not in (*_OWN_PAGES, "/account"):
        context.principal.require(Capability.SEE)
    return context


def text(form: FormData, name: str) -> str:
    """What was written into a field of a form; nothing for a file or a field that is not there."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


async def _form(request: Request) -> AsyncIterator[FormData]:
    form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    yield form
    await form.close()


def _checked(
    context: Annotated[RequestContext, Depends(RequestContext.of)], form: Annotated[FormData, Depends(_form)]
) -> FormData:
    sent = text(form, "csrf")
    if context.session is not None:
        sessions.check_csrf(context.session, sent)
    elif not context.request.cookies.get(STRANGER_COOKIE) or not hmac.compare_digest(
        context.csrf.encode(), sent.encode()
    ):
        raise Denied(N_("This form has expired. Reload the page and try again."))
    return form


Anybody = Annotated[RequestContext, Depends(RequestContext.of)]
Member = Annotated[RequestContext, Depends(_member)]
Form = Annotated[FormData, Depends(_checked)]


def greeted(context: RequestContext) -> tuple[RequestContext, str]:
    """The visit of somebody not logged in, with a form token, and the cookie that makes it good."""
    stranger = context.request.cookies.get(STRANGER_COOKIE) or secrets.token_urlsafe(16)
    csrf = _stranger_csrf(context.state.key, stranger)
    return RequestContext(context.request, context.state, None, csrf), stranger


def _stranger_csrf(key: bytes, stranger: str) -> str:
    return hmac.new(key, f"shuke.stranger:{stranger}".encode(), "sha256").hexdigest()


def _address(request: Request) -> str:
    """Where to come back to after logging in: only a page that was asked for, never a form sent."""
    if request.method != "GET":
        return "/"
    query = urlencode(anonymous(request.query_params.multi_items()))
    return quote(request.url.path) + (f"?{query}" if query else "")
