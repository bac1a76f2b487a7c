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
