"""Quality: how far can the data be trusted, and which rows are in the way?"""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.console.request_context import Member, RequestContext
from shuke.console.responses import PageRoute
from shuke.quality.dimensions import DIMENSIONS, MEANINGS
from shuke.views import quality as view
from shuke.views.labels import CODES
from shuke.views.quality import Quality

router = APIRouter(route_class=PageRoute)


@router.get("/quality")
def everything(visit: Member) -> Response:
    return _shown(visit, "quality.html")


@router.get("/quality/{source}")
def one(visit: Member, source: str) -> Response:
    return _shown(visit, "quality_source.html", source)


def _shown(visit: RequestContext, template: str, source: str | None = None) -> Response:
    visit.principal.require(Capability.SEE)
    if visit.opened is None:
        return visit.page("welcome.html")
    build = visit.opened.build.number
    key = ("quality", build, source, visit.viewer.sees_personal)
    found: Quality = visit.shelf.kept(key, lambda: view.quality(visit.project, source, viewer=visit.viewer))
    return visit.page(
        template, found=found, source=source, sentence=view.sentence(found), dimensions=DIMENSIONS,
        meanings=MEANINGS, reasons=CODES["reason"], drawn=drawn,
    )  # fmt: skip


def drawn(trend: Sequence[float]) -> str:
    """The points of a small line, 0 at the bottom and 1 at the top of a box of 60 by 16.

    drawn((0.0, 1.0))  "0.0,15.0 60.0,1.0"
    """
    step = 60 / (len(trend) - 1) if len(trend) > 1 else 0
    return " ".join(f"{n * step:.1f},{15 - 14 * score:.1f}" for n, score in enumerate(trend))
