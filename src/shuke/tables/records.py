"""Records: by which name is the customer of a landed row known across all sources?"""

from __future__ import annotations

from shuke.lazy import ibis, ir

#: The source of what Shuke itself lands.
OWN = "shuke"


def record_of(rows: ir.Table) -> ir.StringValue:
    """`source:record_id`, as identities know it.

    Rows that Shuke lands itself name in `record_id` the founding record of a customer, which is such a name already.
    """
    return ibis.ifelse(rows.source == OWN, rows.record_id, rows.source + ":" + rows.record_id)


def owned(rows: ir.Table, identities: ir.Table, *, currency: str) -> ir.Table:
    """Rows with `customer_id`, and with the project's currency where they name none."""
    owners = identities.select(who="record", customer_id="customer_id")
    keyed = rows.mutate(record=record_of(rows))
    known = keyed.left_join(owners, [("record", "who")]).drop("record", "who")
    # Rows that landed before codes were read may say cny.
    return known.mutate(currency=known.currency.upper().fill_null(currency))
