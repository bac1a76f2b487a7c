"""Audit log: who viewed what, and who changed what?"""

from fastapi import APIRouter, Response

from shuke.access import audit
from shuke.access.audit import AuditFilter
from shuke.access.roles import Capability
from shuke.console.request_context import Member
from shuke.console.responses import PageRoute
from shuke.views import tables
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)

AT_ONCE = 50


@router.get("/audit")
def entries(
    context: Member, who: str = "", verb: str = "", subject: str = "", before: Number | None = None
) -> Response:
    context.principal.require(Capability.READ_AUDIT)
    wanted = AuditFilter(who=who or None, verb=verb or None, subject_id=subject or None)
    found = audit.read(context.project.operations, wanted, before=before, limit=AT_ONCE + 1)
    older = found[AT_ONCE - 1].id if len(found) > AT_ONCE else None
    events = [entry.event for entry in found]
    called = context.called(each.subject_id for each in events if each.subject_kind == "customer")
    known = tables.standing(context.project, context.opened) if context.opened else {}
    return context.page(
        "audit.html", entries=found[:AT_ONCE], older=older, who=who, verb=verb, subject=subject,
        called=called, known=known,
    )  # fmt: skip
