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
from shuke.console.tables import KEPT, ChartStyle
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
    def of(cls, visit: Member) -> "RecordPair":
        """What the address asks, whether it says so or names it by tokens."""
        a, b = (visit.params.get(name, "").strip() for name in ("a", "b"))
        if not (a and b):
            raise WrongCall(N_("This address or form holds something that cannot be used."))
        return cls(a, b)


Asked = Annotated[RecordPair, Depends(RecordPair.of)]


@router.get("/identity")
def everything(visit: Member) -> Response:
    visit.principal.require(Capability.SEE)
    if visit.opened is None:
        return visit.page("welcome.html")
    return visit.page(
        "identity.html",
        found=resolution.resolution(visit.project, viewer=visit.viewer),
        decisions=identity.decisions(visit.project, viewer=visit.viewer),
        verdicts=VERDICTS,
    )


@router.get("/identity/review")
def review(visit: Member, later: Offset = 0) -> Response:
    """One pair that waits; `later` so many have been put off."""
    visit.principal.require(Capability.SEE)
    if visit.opened is None:
        return visit.page("welcome.html")
    page = reviews.reviews(visit.project, viewer=visit.viewer, limit=1, offset=later)
    if not page.reviews and page.total and later:
        return visit.go("/identity/review")
    pair = page.reviews[0] if page.reviews else None
    lines = reviews.compared(visit.project, pair, viewer=visit.viewer) if pair and _decides(visit) else ()
    return visit.page(
        "reviews.html", page=page, pair=pair, lines=lines, later=later, nth=page.decided + later + 1
    )


@router.post("/identity/explain")
@admits(Capability.SEE)
def ask(visit: Member, form: Form) -> Response:
    """What a number of a source says of somebody stays out of the address."""
    return visit.go(f"/identity/explain?{visit.two(text(form, 'a').strip(), text(form, 'b').strip())}")


@router.get("/identity/explain")
def explain(visit: Member, asked: Asked) -> Response:
    if elsewhere := visit.unseen(None):
        return visit.go(elsewhere)
    told = explanation.explain(visit.project, asked.a, asked.b, viewer=visit.viewer)
    if told.weights:
        visit.shelf.kept(_key(visit, asked), lambda: told.weights)
    return visit.page(
        "explain.html",
        told=told,
        asked=asked,
        query=visit.two(asked.a, asked.b),
        sentence=waterfall.sentence(told.weights) if told.weights else None,
        verdict=explanation.verdict(told),
        bond_words=explanation.bond_words,
        verdicts=VERDICTS,
    )


@router.get("/identity/explain/chart.json")
def chart(visit: Member, asked: Asked, light: Annotated[ChartStyle, Depends()]) -> Response:
    weights = _weights(visit, asked)
    with speaking(light.language):
        drawn = charts.dressed(waterfall.drawing(weights), light.mode)
    return Response(drawn, media_type="application/json", headers=KEPT)


@router.get("/identity/explain/chart.svg")
def picture(visit: Member, asked: Asked, light: Annotated[ChartStyle, Depends()]) -> Response:
    weights = _weights(visit, asked)
    with speaking(light.language):
        drawn = charts.svg(waterfall.drawing(weights))
    return Response(drawn, media_type="image/svg+xml", headers=KEPT)


@router.get("/identity/history/{customer_id}")
def history(visit: Member, customer_id: str) -> Response:
    changes = identity.history(visit.project, customer_id, viewer=visit.viewer)
    return visit.page("identity_history.html", changes=changes, customer_id=customer_id, became=BECAME)


@router.post("/identity/decisions")
@admits(Capability.DECIDE_IDENTITY)
def decide(visit: Member, form: Form) -> Response:
    """Merge, keep apart, split or undo; then back to where one came from, such as the next pair."""
    visit.principal.require(Capability.DECIDE_IDENTITY)
    project, deed = visit.project, text(form, "do")
    a, b, note = (text(form, name) for name in ("a", "b", "note"))
    match deed:
        case "same":
            actions.merge(project, a, b, viewer=visit.viewer, note=note)
        case "different":
            actions.never(project, a, b, viewer=visit.viewer, note=note)
        case "split":
            actions.split(project, a, [b], viewer=visit.viewer, note=note)
        case "undo" if number := whole(text(form, "number")):
            actions.undo(project, number, viewer=visit.viewer)
        case _:
            raise WrongCall(N_("There is nothing at this address."))
    return visit.go(local(text(form, "back") or "/identity"))


def _decides(visit: RequestContext) -> bool:
    return visit.principal.may(Capability.DECIDE_IDENTITY)


def _key(visit: RequestContext, asked: RecordPair) -> tuple[object, ...]:
    build = visit.opened.build.number if visit.opened else 0
    return "weights", build, asked.a, asked.b, visit.viewer.sees_personal


def _weights(visit: RequestContext, asked: RecordPair) -> Waterfall:
    """What the page has just shown; worked out again where it was long ago."""
    visit.principal.require(Capability.SEE)
    found = visit.shelf.kept(_key(visit, asked), lambda: _compared(visit, asked))
    if found is None:
        raise WrongCall(N_("There is nothing at this address."))
    return found


def _compared(visit: RequestContext, asked: RecordPair) -> Waterfall | None:
    return explanation.explain(visit.project, asked.a, asked.b, viewer=visit.viewer).weights
