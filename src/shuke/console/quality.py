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
def everything(context: Member) -> Response:
    return _shown(context, "quality.html")


@router.get("/quality/{source}")
def one(context: Member, source: str) -> Response:
    return _shown(context, "quality_source.html", source)


def _shown(context: RequestContext, template: str, source: str | None = None) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    build = context.opened.build.number
    key = ("quality", build, source, context.viewer.sees_personal)
    found: Quality = context.state.cached(
        key, lambda: view.quality(context.project, source, viewer=context.viewer)
    )
    return context.page(
        template, found=found, source=source, sentence=view.sentence(found), dimensions=DIMENSIONS,
        meanings=MEANINGS, reasons=CODES["reason"], drawn=drawn,
    )  # fmt: skip


def drawn(trend: Sequence[float]) -> str:
    """The points of a small line, 0 at the bottom and 1 at the top of a box of 60 by 16.

    drawn((0.0, 1.0))  "0.0,15.0 60.0,1.0"
    """
    step = 60 / (len(trend) - 1) if len(trend) > 1 else 0
    return " ".join(f"{n * step:.1f},{15 - 14 * score:.1f}" for n, score in enumerate(trend))
