"""Table requests: which rows does the address of a page ask for, and how is it written?

/tables/purchases?filter=day:ge:2026-01-01&filter=customer_id:empty&sort=amount&down=1&page=2
/tables/baskets?ask.confidence=0.5
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from shuke.console.searches import TOKEN_PARAMETER
from shuke.views.overview import ALERTS, BATCHES, Figure
from shuke.views.query import Condition, Query
from shuke.web.bounds import LARGEST

AT_ONCE = 50
#: What stands in front of the name of a table's question.
ASK = "ask."
#: The parameter that has a condition in the language of segments: rows of the customers whom it means.
MEANT = "meant"
_FURTHEST = 100_000  # pages


@dataclass(frozen=True, kw_only=True)
class TableRequest:
    """What the questions of an address say."""

    filters: tuple[Condition, ...] = ()
    search: str = ""
    meant: str = ""
    sort: str | None = None
    down: bool = False
    page: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)  # other answers than the build's own

    @classmethod
    def of(cls, given: QueryParams) -> "TableRequest":
        number = given.get("page", "1")
        return cls(
            filters=tuple(Condition.parse(text) for text in given.getlist("filter") if text),
            search=given.get("q", "").strip(),
            meant=given.get(MEANT, "").strip(),
            sort=given.get("sort") or None,
            down=given.get("down") == "1",
            page=min(max(whole(number) or 1, 1), _FURTHEST),
            parameters={
                name.removeprefix(ASK): value.strip()
                for name, value in given.multi_items()
                if name.startswith(ASK) and value.strip()
            },
        )

    @property
    def query(self) -> Query:
        return Query(
            filters=self.filters, search=self.search or None, meant=self.meant or None,
            order_by=self.sort, descending=self.down,
            limit=AT_ONCE, offset=(self.page - 1) * AT_ONCE, parameters=self.parameters,
        )  # fmt: skip

    @property
    def everything(self) -> Query:
        """The same rows, all of them."""
        return replace(self.query, limit=None, offset=0)


def whole(text: str) -> int | None:
    """The whole number that is written in an address or a form; none where nothing is numbered like that."""
    return int(text) if text.isdecimal() and len(text) < len(str(LARGEST)) else None


def is_of_rows(name: str) -> bool:
    """Whether a parameter of an address says which rows are meant, and not which page of them."""
    return name in ("filter", "q", MEANT, TOKEN_PARAMETER, "sort", "down") or name.startswith(ASK)


def pages(total: int, at_once: int = AT_ONCE) -> int:
    return max(1, ceil(total / at_once))


def behind(figure: Figure) -> str:
    """The address of the rows that a figure counts or sums."""
    if figure.table == BATCHES:
        return "/batches"
    if figure.table == ALERTS:
        return "/alerts?" + urlencode([(c.column, str(c.value)) for c in figure.where])
    return rows_where(figure.table, figure.where)


def rows_where(table: str, conditions: Iterable[Condition] = ()) -> str:
    path = "/customers" if table == "customers" else f"/tables/{table}"
    query = urlencode([("filter", str(condition)) for condition in conditions])
    return f"{path}?{query}" if query else path
