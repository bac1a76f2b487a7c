"""Customer list: who are they, which columns does a reader see, and what is done with many at once?"""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, QueryParams

from shuke.access.roles import Capability
from shuke.actions import annotations as annotating
from shuke.actions import saved_lists as actions
from shuke.app import Opened
from shuke.console.request_context import Form, Member, RequestContext, local, text
from shuke.console.responses import PageRoute
from shuke.console.searches import TOKEN_PARAMETER, is_personal
from shuke.console.segments import builder
from shuke.console.table_requests import AT_ONCE, TableRequest, is_of_rows, pages
from shuke.console.tables import best_first
from shuke.engage.annotations import AnnotationKind
from shuke.engage.saved_lists import Pair
from shuke.languages import Text
from shuke.tables import Column
from shuke.views import alerts, annotations, customer_list, saved_lists, tables
from shuke.views.customer_list import USUAL, CustomerList
from shuke.views.find import find
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)

#: Who bought most in a year stands first, where a build tells it.
BEST = "rfm.monetary_12m"

#: So many customers can be tagged or assigned at once.
MOST = 10_000


@router.get("/customers")
def everybody(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    if elsewhere := context.unseen(tables.declaration(context.project, context.opened, "customers")):
        return context.go(elsewhere)
    asked = TableRequest.of(context.params)
    chosen = saved_lists.columns_of(context.project, viewer=context.viewer) or USUAL
    known = customer_list.choices(context.project, context.opened, viewer=context.viewer)
    seen, asked = _seen(context, context.opened, asked, chosen)
    only_one = seen.page.total == 1 and asked.search and asked.page == 1 and not asked.filters
    if only_one:
        return context.go(f"/customers/{seen.rows[0]['customer_id']}")
    return context.page(
        "customers.html", found=seen.page, rows=seen.rows, asked=asked, pages=pages(seen.page.total),
        columns=_worth_showing(seen), choices=_by_table(context, context.opened, known), chosen=chosen,
        filterable=[known[name] for name in dict.fromkeys((*_golden(known), *chosen)) if name in known],
        q=asked.search, builder=builder(context),
        saved=saved_lists.listed(context.project, viewer=context.viewer),
        users=alerts.assignable(context.project), known_tags=annotations.tags(context.project),
    )  # fmt: skip


@router.post("/customers")
@admits(Capability.ANNOTATE)
def annotate(context: Member, form: Form) -> Response:
    """Tag or assign the customers that are ticked, or all that the list holds."""
    kind = AnnotationKind.OWNER if text(form, "do") == "owner" else AnnotationKind.TAG
    whom = [str(each) for each in form.getlist("customer")]
    if text(form, "every") == "1":
        asked = TableRequest.of(_params(context, form))
        whom = customer_list.ids(context.project, asked.everything, viewer=context.viewer, most=MOST)
    annotating.say(
        context.project, whom, kind, text(form, kind.value), viewer=context.viewer,
        withdrawn=text(form, "do") == "untag",
    )  # fmt: skip
    return context.go(local(text(form, "back")))


@router.post("/customer-columns")
@admits(Capability.SEE)
def choose(context: Member, form: Form) -> Response:
    """See these columns from now on."""
    columns = [str(each) for each in form.getlist("column")]
    actions.keep_columns(context.project, columns or USUAL, viewer=context.viewer)
    return context.go(local(text(form, "back")))


@router.post("/customer-lists")
@admits(Capability.EDIT_SEGMENTS)
def save(context: Member, form: Form) -> Response:
    """Give what the list shows a name, for everybody."""
    query = [pair for pair in _params(context, form).multi_items() if is_of_rows(pair[0])]
    number = actions.save(context.project, text(form, "name"), query, viewer=context.viewer)
    return context.go(f"/customer-lists/{number}")


@router.get("/customer-lists/{number}")
def one(context: Member, number: Number) -> Response:
    """To the customers of a saved list; what of its address gives somebody away is not said there."""
    found = saved_lists.one(context.project, number, viewer=context.viewer)
    kept: list[Pair] = [context.unsaid(*pair) if is_personal(*pair) else pair for pair in found.query]
    return context.go(f"/customers?{urlencode([*kept, ('list', str(number))])}")


@router.post("/customer-lists/{number}")
@admits(Capability.EDIT_SEGMENTS)
def put_away(context: Member, form: Form, number: Number) -> Response:  # noqa: ARG001 - checked as it is read
    actions.put_away(context.project, number, viewer=context.viewer)
    return context.go("/customers")


def _seen(
    context: RequestContext, opened: Opened, asked: TableRequest, chosen: tuple[str, ...]
) -> tuple[CustomerList, TableRequest]:
    """The page of customers that is asked for; who is searched for alone is found by anything."""
    if asked.search and not (asked.filters or asked.meant or asked.sort):
        offset = (asked.page - 1) * AT_ONCE
        page = find(context.project, asked.search, viewer=context.viewer, limit=AT_ONCE, offset=offset)
        known = customer_list.choices(context.project, opened, viewer=context.viewer)
        columns = tuple(known[name] for name in chosen if name in known)
        rows = customer_list.with_columns(context.project, opened, list(page), columns, viewer=context.viewer)
        return CustomerList(page=page, columns=columns, rows=rows), asked
    if asked.sort is None and BEST in customer_list.choices(context.project, opened, viewer=context.viewer):
        asked = replace(asked, sort=BEST, down=True)
    asked = best_first(asked, tables.declaration(context.project, opened, "customers"))
    seen = customer_list.look(context.project, asked.query, viewer=context.viewer, wanted=chosen)
    return seen, asked


def _worth_showing(seen: CustomerList) -> list[Column]:
    """A column in which nobody on the page has anything is left out, but for the name."""
    return [
        column
        for column in seen.columns
        if column.name == "name" or any(row[column.name] is not None for row in seen.rows)
    ]


def _golden(known: dict[str, Column]) -> list[str]:
    return [name for name in known if "." not in name]


def _by_table(
    context: RequestContext, opened: Opened, known: dict[str, Column]
) -> list[tuple[Text, list[Column]]]:
    """The columns that one may choose, by the table that has them."""
    declared = tables.tables(context.project, opened)
    grouped: dict[str, list[Column]] = {}
    for name, column in known.items():
        grouped.setdefault(name.rpartition(".")[0] or "customers", []).append(column)
    return [(declared[table].title, columns) for table, columns in grouped.items()]


def _params(context: RequestContext, form: FormData) -> QueryParams:
    """What the address of the list asks, as its form sends it along, with what it does not say itself."""
    given = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    said, own = context.state.searches.lookup, [pair for pair in given if is_of_rows(pair[0])]
    return QueryParams(
        [said(context.session, pair[1]) if pair[0] == TOKEN_PARAMETER else pair for pair in own]
    )
