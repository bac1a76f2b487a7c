"""Identity: which records are one customer, why, and what does a person say about it?"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from shuke.access.roles import Capability
from shuke.actions import identity as actions
from shuke.console import charts, waterfall
from shuke.console.request_context import Form, Member, RequestContext, local, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.console.tables import CACHE_HEADERS, ChartStyle
from shuke.errors import WrongCall
from shuke.identity.waterfall import Waterfall
from shuke.languages import N_, speaking
from shuke.views import explanation, identity, resolution, reviews
from shuke.views.labels import BECAME, VERDICTS
from shuke.web.bodies import admits
from shuke.web.bounds import Offset

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class RecordPair:
    """Whom one asks about: records as source:number, or customer ids."""

    a: str
    b: str

    @classmethod
    def of(cls, context: Member) -> "RecordPair":
        """What the address asks, whether it says so or names it by tokens."""
        a, b = (context.params.get(name, "").strip() for name in ("a", "b"))
        if not (a and b):
            raise WrongCall(N_("This address or form holds something that cannot be used."))
        return cls(a, b)


Asked = Annotated[RecordPair, Depends(RecordPair.of)]


@router.get("/identity")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    return context.page(
        "identity.html",
        found=resolution.resolution(context.project, viewer=context.viewer),
        decisions=identity.decisions(context.project, viewer=context.viewer),
        verdicts=VERDICTS,
    )


@router.get("/identity/review")
def review(context: Member, later: Offset = 0) -> Response:
    """One pair that waits; `later` so many have been put off."""
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    page = reviews.reviews(context.project, viewer=context.viewer, limit=1, offset=later)
    if not page.reviews and page.total and later:
        return context.go("/identity/review")
    pair = page.reviews[0] if page.reviews else None
    lines = (
        reviews.compared(context.project, pair, viewer=context.viewer) if pair and _decides(context) else ()
    )
    return context.page(
        "reviews.html", page=page, pair=pair, lines=lines, later=later, nth=page.decided + later + 1
    )


@router.post("/identity/explain")
@admits(Capability.SEE)
def ask(context: Member, form: Form) -> Response:
    """What a number of a source says of somebody stays out of the address."""
    return context.go(f"/identity/explain?{context.two(text(form, 'a').strip(), text(form, 'b').strip())}")


@router.get("/identity/explain")
def explain(context: Member, asked: Asked) -> Response:
    if elsewhere := context.unseen(None):
        return context.go(elsewhere)
    told = explanation.explain(context.project, asked.a, asked.b, viewer=context.viewer)
    if told.weights:
        context.state.cached(_key(context, asked), lambda: told.weights)
    called = context.called([told.left.customer_id, told.right.customer_id])
    return context.page(
        "explain.html",
        told=told,
        asked=asked,
        query=context.two(asked.a, asked.b),
        sentence=waterfall.sentence(told.weights) if told.weights else None,
        verdict=explanation.verdict(told, called),
        called=called,
        bond_words=explanation.bond_words,
        verdicts=VERDICTS,
    )


@router.get("/identity/explain/chart.json")
def chart(context: Member, asked: Asked, light: Annotated[ChartStyle, Depends()]) -> Response:
    weights = _weights(context, asked)
    with speaking(light.language):
        drawn = charts.dressed(waterfall.drawing(weights), light.mode)
    return Response(drawn, media_type="application/json", headers=CACHE_HEADERS)


@router.get("/identity/explain/chart.svg")
def picture(context: Member, asked: Asked, light: Annotated[ChartStyle, Depends()]) -> Response:
    weights = _weights(context, asked)
    with speaking(light.language):
        drawn = charts.svg(waterfall.drawing(weights))
    return Response(drawn, media_type="image/svg+xml", headers=CACHE_HEADERS)


@router.get("/identity/history/{customer_id}")
def history(context: Member, customer_id: str) -> Response:
    changes = identity.history(context.project, customer_id, viewer=context.viewer)
    return context.page("identity_history.html", changes=changes, customer_id=customer_id, became=BECAME)


@router.post("/identity/decisions")
@admits(Capability.DECIDE_IDENTITY)
def decide(context: Member, form: Form) -> Response:
    """Merge, keep apart, split or undo; then back to where one came from, such as the next pair."""
    context.principal.require(Capability.DECIDE_IDENTITY)
    project, event = context.project, text(form, "do")
    a, b, note = (text(form, name) for name in ("a", "b", "note"))
    match event:
        case "same":
            actions.merge(project, a, b, viewer=context.viewer, note=note)
        case "different":
            actions.never(project, a, b, viewer=context.viewer, note=note)
        case "split":
            actions.split(project, a, [b], viewer=context.viewer, note=note)
        case "undo" if number := whole(text(form, "number")):
            actions.undo(project, number, viewer=context.viewer)
        case _:
            raise WrongCall(N_("There is nothing at this address."))
    return context.go(local(text(form, "back") or "/identity"))


def _decides(context: RequestContext) -> bool:
    return context.principal.may(Capability.DECIDE_IDENTITY)


def _key(context: RequestContext, asked: RecordPair) -> tuple[object, ...]:
    build = context.opened.build.number if context.opened else 0
    return "weights", build, asked.a, asked.b, context.viewer.sees_personal


def _weights(context: RequestContext, asked: RecordPair) -> Waterfall:
    """What the page has just shown; worked out again where it was long ago."""
    context.principal.require(Capability.SEE)
    found = context.state.cached(_key(context, asked), lambda: _compared(context, asked))
    if found is None:
        raise WrongCall(N_("There is nothing at this address."))
    return found


def _compared(context: RequestContext, asked: RecordPair) -> Waterfall | None:
    return explanation.explain(context.project, asked.a, asked.b, viewer=context.viewer).weights
