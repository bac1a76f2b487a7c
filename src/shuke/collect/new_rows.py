"""New rows: what does an import say that had not been said before?"""

from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect.null_columns import is_null_column
from shuke.store.in_force import in_force
from shuke.tables import PROVENANCE, Canonical


def known(candidates: ir.Table, landed: ir.Table) -> ir.Table:
    """What has landed of the keys that the candidates have, in the columns in which these say anything."""
    told = [
        name for name in candidates.columns if name in landed.columns and not is_null_column(candidates[name])
    ]
    names = dict.fromkeys(["key", *(column.name for column in PROVENANCE), *told])
    return landed.semi_join(candidates, "key").select(*names)


def new_rows(candidates: ir.Table, known: ir.Table, declared: Canonical, *, stated: bool = False) -> ir.Table:
    """The candidates that add something to what is known, with `revises`: whether their key had landed, or
    stood above.

    A row with a date is known when the same was said of that very moment or, unless the source itself
    dates its rows (`stated`), earlier in that quarter. A row without one is known when taking it in would
    change nothing of what is in force: it is silent or says the same.
    """
    there, revised = _figures(known, known.count(), known.revises.sum())
    if not there:
        return first(candidates, declared)
    every, dated = _figures(candidates, candidates.count(), candidates.collected_at.count())
    found = []
    if every > dated:
        undated = candidates.filter(candidates.collected_at.isnull()) if dated else candidates
        found.append(_not_absorbed(undated, known, declared, revised=revised > 0))
    if dated:
        told = candidates.filter(candidates.collected_at.notnull()) if every > dated else candidates
        found.append(_not_restated(told, known, stated=stated))
    news = ibis.union(*found) if len(found) > 1 else found[0]
    seen = known.select(landed_key="key").distinct()
    marked = news.left_join(seen, news.key == seen.landed_key)
    above = ibis.row_number().over(ibis.window(group_by="key", order_by="row")) > 0
    return marked.mutate(revises=marked.landed_key.notnull() | above).drop("landed_key")


def _figures(rows: ir.Table, *counted: ir.IntegerScalar) -> list[int]:
    """Looked up now: what no row would pass need not be planned, and planning takes longer than looking."""
    [found] = rows.agg(**{f"n{place}": each for place, each in enumerate(counted)}).to_pyarrow().to_pylist()
    return [each or 0 for each in found.values()]


def first(candidates: ir.Table, declared: Canonical) -> ir.Table:
    """The candidates where nothing has landed yet, in the form of `fresh`."""
    if declared.name == "order_items":  # numbered so that no two have one key
        return candidates.mutate(revises=ibis.literal(False))
    above = ibis.row_number().over(ibis.window(group_by="key", order_by="row")) > 0
    return candidates.mutate(revises=above)


def _not_absorbed(undated: ir.Table, known: ir.Table, declared: Canonical, *, revised: bool) -> ir.Table:
    said = [*(c.name for c in declared if c.name not in declared.key), "further"]
    names = [name for name in said if not is_null_column(undated[name])]
    current = in_force(known, revised=revised).select("key", *names)
    now = current.rename({f"{n}_now": n for n in ["key", *names]})
    merged = _with_further(undated, now) if "further" in names else undated
    told = merged if declared.name == "order_items" else _taken_together(merged, names)
    beside = told.left_join(now, told.key == now.key_now)
    other = (beside[n].notnull() & ~beside[n].identical_to(beside[f"{n}_now"]) for n in names)
    adds = reduce(lambda a, b: a | b, other, ibis.literal(False))
    news = beside.filter(beside.key_now.isnull() | adds)
    return merged.semi_join(news, "key").select(undated.columns)


def _with_further(undated: ir.Table, now: ir.Table) -> ir.Table:
    """Further columns beside those that are in force: a file with fewer of them takes none away."""
    beside = undated.left_join(now.select("key_now", "further_now"), undated.key == now.key_now)
    both = beside.further.notnull() & beside.further_now.notnull()
    # Joined to "" it is text again, and no longer DuckDB's own type for JSON.
    changed = _json_merge_patch(beside.further_now, beside.further) + ""
    known = _json_contains(beside.further_now, beside.further)
    merged = ibis.ifelse(known, beside.further_now, changed)
    return beside.mutate(further=ibis.ifelse(both, merged, beside.further)).select(undated.columns)


def _taken_together(undated: ir.Table, names: list[str]) -> ir.Table:
    """One row per key: the rows of a sheet that share a key as one, what stands lower winning."""
    last = {n: undated[n].argmax(undated.row, where=undated[n].notnull()) for n in names}
    return undated.group_by("key").agg(**last)


# DuckDB's own; the import always runs there.
@ibis.udf.scalar.builtin(name="json_merge_patch")  # type: ignore[untyped-decorator]
def _json_merge_patch(document: str, patch: str) -> str:  # type: ignore[empty-body]
    """The document with the patch's members put in."""


@ibis.udf.scalar.builtin(name="json_contains")  # type: ignore[untyped-decorator]
def _json_contains(document: str, part: str) -> bool:  # type: ignore[empty-body]
    """Whether every member of the part stands in the document alike."""


def _not_restated(dated: ir.Table, known: ir.Table, *, stated: bool) -> ir.Table:
    def spanned(rows: ir.Table) -> ir.Table:
        return rows.mutate(span=rows.collected_at if stated else rows.collected_at.truncate("Q"))

    heard = spanned(known).group_by("key", "said", "span").agg(heard_at=lambda t: t.collected_at.min())
    beside = spanned(dated).left_join(heard, ["key", "said", "span"])
    news = beside.heard_at.isnull() | (beside.collected_at < beside.heard_at)
    return beside.filter(news).select(dated.columns)
