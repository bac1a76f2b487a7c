"""Names: what is a customer called, and as what are they known who have told no name?"""

import re
from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from shuke.access import masking
from shuke.access.masking import mask
from shuke.app import Opened
from shuke.views.labels import known_as
from shuke.views.viewer import Viewer

#: The columns of `customers` that say what they are called.
_NAMED_BY = ("customer_id", "kind", "organisation", "name", "phone", "email")
_ID = re.compile(r"C[0-9A-F]{20}")


def is_customer_id(value: str | None) -> bool:
    """Whether a text has the form of the ids that builds issue."""
    return value is not None and _ID.fullmatch(value) is not None


def names(opened: Opened, viewer: Viewer) -> ir.Table:
    """`customer_id` and what each customer is called, or else reached by, masked where it must be."""
    customers = opened.table("customers")
    firm = ibis.ifelse(customers.kind == "organisation", customers.organisation, ibis.null("string"))
    name = ibis.coalesce(firm, customers.name, customers.organisation)
    reached: dict[masking.Kind, ir.StringValue] = {
        "name": name, "phone": customers.phone, "email": customers.email,
    }  # fmt: skip
    seen = [value if viewer.sees_personal else mask(value, kind) for kind, value in reached.items()]
    return customers.select("customer_id", name=ibis.coalesce(*seen))


def names_of(opened: Opened, ids: Iterable[str | None], *, viewer: Viewer) -> dict[str, str]:
    """What some customers are called, by id: by name, phone or e-mail, else as their first source does."""
    wanted = sorted({one for one in ids if one is not None})
    rows = opened.reader.rows("customers", "customer_id", wanted, _NAMED_BY)
    found = opened.reader.among(
        ("names", viewer.sees_personal), lambda: names(opened, viewer), lambda _: rows
    )
    named = {one["customer_id"]: one["name"] for one in found.to_pylist() if one["name"] is not None}
    return named | _by_record(opened, [one for one in wanted if one not in named], viewer)


def _by_record(opened: Opened, ids: list[str], viewer: Viewer) -> dict[str, str]:
    """What the record that a customer began with is called by its source: Web shop · 6001."""
    if not ids or "identities" not in opened.reader.tables:
        return {}
    kept = ("customer_id", "source", "record_id", "founding")
    records = opened.reader.rows("identities", "customer_id", ids, kept).to_pylist()
    return {row["customer_id"]: _record(row, viewer) for row in records if row["founding"]}


def _record(row: Mapping[str, str], viewer: Viewer) -> str:
    return f"{row['source']} · {known_as(row['record_id'])}" if viewer.sees_personal else row["source"]
