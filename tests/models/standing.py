"""Where customers stand, worked out from what they bought by the tables that a build makes it from."""

from datetime import date
from typing import Any

import ibis.expr.types as ir

from shuke.analyses.complaints import complaints
from shuke.models.departure_chances import departure_chances
from shuke.models.lifecycle import lifecycle
from shuke.models.lifetime_value import lifetime_value
from shuke.models.next_purchase import next_purchase
from shuke.profiles.customers import customers
from tests.analyses.selling import written
from tests.engine_fixtures import Row, Tables

ZONE = "Asia/Shanghai"


def chances(desk: Tables, bought: list[Row], as_of: date, **lists: Any) -> ir.Table:
    """`departure_chances` of customers who are all identified by their own number."""
    contracts, talked = lists.pop("contracts", []), lists.pop("interactions", [])
    table = desk.made(
        departure_chances,
        desk.derived(lifetime_value, lists.pop("values", [])),
        written(desk, bought),
        desk.derived(complaints, lists.pop("complained", [])),
        desk.landed("contracts", contracts),
        desk.landed("interactions", talked),
        identified(desk, [*contracts, *talked]),
        as_of=as_of, zone=ZONE, **lists,
    )  # fmt: skip
    return desk.checkpoint(table)


def stood(
    desk: Tables, bought: list[Row], as_of: date, *, people: list[Row] | None = None, **lists: Any
) -> ir.Table:
    """`lifecycle` of who bought, has contracts, or is known by name alone (`people`: rows of `customers`).

    `told` are rows of `departure_chances`, where these are not to be worked out.
    """
    told = lists.pop("told", None)
    told = chances(desk, bought, as_of, **lists) if told is None else desk.derived(departure_chances, told)
    contracts = lists.get("contracts", [])
    table = desk.made(
        lifecycle,
        desk.derived(customers, people or []),
        written(desk, bought),
        desk.made(next_purchase, written(desk, bought), as_of=as_of),
        told,
        desk.landed("contracts", contracts),
        identified(desk, contracts),
        as_of=as_of, zone=ZONE,
    )  # fmt: skip
    return desk.checkpoint(table)


def identified(desk: Tables, rows: list[Row]) -> ir.Table:
    return desk.identities(**{row["record_id"]: row["record_id"] for row in rows})
