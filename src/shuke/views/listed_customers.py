"""Listed customers: whom do the numbers, phones and e-mails of a pasted list mean?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.errors import WrongCall
from shuke.identity.identifiers import normalised
from shuke.identity.search_numbers import RECORD, search_numbers
from shuke.languages import N_
from shuke.tables import IDENTIFIERS
from shuke.views.viewer import Viewer

#: So many one may name at once; more are what conditions are for.
MOST = 1_000_000

#: By the kinds that name one customer: nobody means a household's fax.
_KINDS = tuple(kind.name for kind in IDENTIFIERS.values() if kind.strong)


@dataclass(frozen=True, kw_only=True)
class ListedCustomers:
    """Whom a list means, and which of its entries mean nobody, or several."""

    found: tuple[str, ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]


def listed_customers(project: Project, entries: Iterable[str], *, viewer: Viewer) -> ListedCustomers:
    """The customers who answer to the entries of a list: ids, numbers of sources, phones, e-mails, cards.

    Who must not see personal values finds by customer id alone.
    """
    viewer.require(Capability.SEE)
    wanted = list(dict.fromkeys(entry for each in entries if (entry := each.strip())))
    if len(wanted) > MOST:
        raise WrongCall(N_("A list may have at most {limit} entries."), limit=MOST)
    opened = project.open()
    means: dict[str, set[str]] = defaultdict(set)
    for hits in _hits(opened, project.settings.country, wanted, viewer):
        for row in hits.to_pyarrow().to_pylist():
            means[row["entry"]].add(row["customer_id"])
    return ListedCustomers(
        found=tuple(sorted({next(iter(ids)) for ids in means.values() if len(ids) == 1})),
        unknown=tuple(entry for entry in wanted if entry not in means),
        ambiguous=tuple(entry for entry in wanted if len(means.get(entry, ())) > 1),
    )


def _hits(opened: Opened, country: str, wanted: list[str], viewer: Viewer) -> list[ir.Table]:
    """Entries with the customers that they mean."""
    entries = ibis.memtable(pa.table({"entry": pa.array(wanted, pa.string())}))
    ids = opened.table("customer_ids")
    by_id = entries.inner_join(ids, entries.entry.lower() == ids.issued_id.lower())
    hits = [by_id.select("entry", "customer_id")]
    if viewer.sees_personal:
        numbers = _numbers(opened)
        both = entries.cross_join(ibis.memtable({"kind": list(_KINDS)}))
        written = both.mutate(form=normalised(both.kind, both.entry, country=country).lower())
        hits.append(written.inner_join(numbers, ["kind", "form"]).select("entry", "customer_id"))
        # A record is called as its source calls it, with or without the source.
        records = numbers.filter(numbers.kind == RECORD)
        calls = records.select("customer_id", called="form").union(
            records.select("customer_id", called=records.record.lower())
        )
        hits.append(entries.inner_join(calls, entries.entry.lower() == calls.called))
    return [each.select("entry", "customer_id").distinct() for each in hits]


def _numbers(opened: Opened) -> ir.Table:
    if search_numbers.name in opened.reader.tables:
        return opened.table(search_numbers.name)
    return search_numbers(opened.table("identities"), opened.table("identifiers"))
