"""Pages: how do templates come by their words, their numbers and the addresses that they link to?"""

from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from shuke import formats
from shuke.collect.mapping import targets
from shuke.console import bundle
from shuke.console.areas import AREAS, open_to
from shuke.console.assets import address
from shuke.console.cells import NUMBERS, cell, condition, record_title, unit
from shuke.console.docstrings import inline, prose
from shuke.console.searches import Pair
from shuke.console.table_requests import ASK, behind, is_of_rows, rows_where
from shuke.languages import language, translate
from shuke.tables import CANONICAL
from shuke.views import audit_labels, labels

_FOLDER = Path(__file__).parent / "templates"


class HasRequest(Protocol):
    """A visit, as far as addresses are made of it."""

    @property
    def request(self) -> Request: ...
    @property
    def search_parameters(self) -> list[tuple[Pair, Pair]]: ...


@cache
def environment() -> Environment:
    """Escapes everything, and stops at a name that a page was not given."""
    pages = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.globals |= {
        "_": translate,
        "asset": address,
        "bundle_version": bundle.version,
        "formats": formats,
        "language": language,
        "areas": AREAS,
        "open_to": open_to,
        "with_query": with_query,
        "without_filter": without_filter,
        "carried": carried,
        "download_address": download_address,
        "segment_address": segment_address,
        "cell": cell,
        "record_title": record_title,
        "upper_first": lambda text: text[:1].upper() + text[1:] if text else "",
        "unit": unit,
        "in_condition": condition,
        "numbers": NUMBERS,
        "ago": labels.ago,
        "types": labels.TYPES,
        "ops": labels.OPS,
        "severities": labels.SEVERITIES,
        "statuses": labels.STATUSES,
        "verbs": audit_labels.VERBS,
        "doors": audit_labels.DOORS,
        "details": audit_labels.DETAILS,
        "subjects": audit_labels.SUBJECTS,
        "kinds": labels.EVENTS,
        "prose": prose,
        "inline": inline,
        "behind": behind,
        "rows_where": rows_where,
        "ASK": ASK,
        "question_titles": labels.PARAMETERS,
        "evidence": labels.evidence,
        "titles": CANONICAL,
        "orders": labels.ORDERS,
        "coded": labels.coded,
        "known_as": labels.known_as,
        "in_words": labels.likelihood,
        "chance": labels.chance,
        "agreements": labels.AGREEMENTS,
        "kinds_of": labels.CODES["kind"],
        "target_title": lambda address: targets()[address].title,
    }
    return pages


def with_query(request: Request, **changes: object) -> str:
    """The address of this page with some of its questions answered otherwise; None takes one away."""
    names = set(request.query_params) - set(changes)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in names]
    changed = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode(kept + changed)
    return f"{request.url.path}?{query}" if query else request.url.path


def without_filter(context: HasRequest, index: int) -> str:
    """The address of this page with one condition fewer."""
    conditions = [given for given, meant in context.search_parameters if meant[0] == "filter" and meant[1]]
    left = [given for given, _ in context.search_parameters if given[0] != "page"]
    left.remove(conditions[index])
    query = urlencode(left)
    path = context.request.url.path
    return f"{path}?{query}" if query else path


def carried(context: HasRequest, *names: str) -> list[Pair]:
    """The parameters of these names, as they stand in the address, for a form to send along."""
    return [
        given
        for given, (name, _) in context.search_parameters
        if name in names or (ASK in names and name.startswith(ASK))
    ]


def segment_address(request: Request) -> str:
    """Where a segment is made of the rows that this page shows."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if is_of_rows(name)]
    return f"/segment-editor?{urlencode(kept)}"


def download_address(request: Request, table: str, file_format: str) -> str:
    """Where the rows that this page shows can be had as a file, all of them."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if is_of_rows(name)]
    return f"/download/{table}?{urlencode([*kept, ('format', file_format)])}"
