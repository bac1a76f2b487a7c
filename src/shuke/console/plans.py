"""Plans: what is planned for whom, month by month, and what was it last year?"""

from decimal import Decimal
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import plans as actions
from shuke.alerts.plan_figures import TARGET_KINDS, PlanKind, PlanTarget, amounts_of, target_of, year_of
from shuke.alerts.targets import COMPANY, TITLES
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.views import plans as view
from shuke.views.names import names_of
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)


@router.get("/plans")
def everything(context: Member) -> Response:
    kind, year = _kind(context.params.get("kind")), _year(context, context.params.get("year"))
    found = view.year(context.project, kind, year, viewer=context.viewer)
    return context.page(
        "plans.html", kind=kind, kinds=PlanKind, year=year, found=found, titles=TITLES,
        target_kinds=TARGET_KINDS[kind], names=_names(context, [each.target for each in found]),
        is_built=context.opened is not None,
    )  # fmt: skip


@router.get("/plans/{kind}/{year}")
def one(context: Member, kind: str, year: Number) -> Response:
    given = context.params
    target = target_of(_kind(kind), given.get("target_kind", COMPANY), given.get("target", ""))
    return _page(context, target, _year(context, str(year)))


@router.post("/plan-target/{kind}/{year}")
@admits(Capability.SEE)
def choose(context: Member, form: Form, kind: str, year: Number) -> Response:
    """To the plan of what was typed in; it may be somebody, so the address does not say it."""
    target = target_of(_kind(kind), text(form, "target_kind"), text(form, "target"))
    said = [("target_kind", target.target_kind), context.unsaid("target", target.target)]
    return context.go(f"/plans/{_kind(kind)}/{_year(context, str(year))}?{urlencode(said)}")


@router.post("/plans/{kind}/{year}")
@admits(Capability.MANAGE_PLANS)
def write(context: Member, form: Form, kind: str, year: Number) -> Response:
    """The figures of the form, or in their stead a column that was pasted."""
    context.principal.require(Capability.MANAGE_PLANS)
    target = target_of(_kind(kind), text(form, "target_kind"), text(form, "target"))
    pasted = text(form, "pasted")
    cells = pasted if pasted.strip() else "\n".join(text(form, f"m{month}") for month in range(1, 13))
    amounts = year_of(_twelve(amounts_of(cells)), _year(context, str(year)))
    written = actions.write(context.project, target, amounts, viewer=context.viewer)
    return _page(context, target, _year(context, str(year)), written=written)


def _page(context: RequestContext, target: PlanTarget, year: int, written: int | None = None) -> Response:
    found, history = view.one(context.project, target, year, viewer=context.viewer)
    return context.page(
        "plan.html", target=target, year=year, found=found, history=history, written=written, titles=TITLES,
        plainly=_plainly,
        names=_names(context, [target]),
    )  # fmt: skip


def _twelve(amounts: list[Decimal | None]) -> list[Decimal | None]:
    """Blank months at the end of the form are blank."""
    return amounts + [None] * (12 - len(amounts))


def _kind(written: str | None) -> PlanKind:
    return next((kind for kind in PlanKind if kind == written), PlanKind.PLANS)


def _year(context: RequestContext, written: str | None) -> int:
    found = whole(written or "")
    return found if found is not None and 1900 <= found <= 2200 else context.today.year


def _names(context: RequestContext, targets: list[PlanTarget]) -> dict[str, str]:
    """What the customers among targets are called."""
    ids = [target.target for target in targets if target.target_kind == "customer"]
    if context.opened is None or not ids:
        return {}
    return names_of(context.opened, ids, viewer=context.viewer)


def _plainly(amount: Decimal | None) -> str:
    """An amount as it is typed in."""
    return "" if amount is None else f"{amount:f}".rstrip("0").rstrip(".") if amount % 1 else f"{amount:.0f}"
