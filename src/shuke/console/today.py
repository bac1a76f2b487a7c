"""Today: what changed since one last looked, what needs doing, and how do sales stand?"""

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.console import sales_picture
from shuke.console.request_context import Member
from shuke.console.responses import PageRoute
from shuke.views import alerts, jobs, tables
from shuke.views import today as view

router = APIRouter(route_class=PageRoute)


@router.get("/")
def today(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    seen = view.today(context.project, viewer=context.viewer, looks_now=True)
    named = [alert for each in seen.pressing for alert in each.first]
    alerts.note(context.project, named, viewer=context.viewer)
    known = tables.tables(context.project, context.opened)
    return context.page(
        "today.html",
        today=seen,
        picture=sales_picture.of(seen.sales, seen.currency) if seen.sales else None,
        title_of=lambda name: known[name].title,
        jobs=jobs.listed(context.project, viewer=context.viewer, limit=5),
    )
