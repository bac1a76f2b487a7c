"""Repeats: does whoever or whatever a row is about come again in the next ones?

A list names each customer once; dealings bring them back, on other days. A list of products has each once,
and so has a list of orders; their lines repeat them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import fits
from shuke.collect.infer.headers import meanings

#: Rows that follow one another, for the lines of an order do: enough of them, and not all of a large file.
_ROWS = 100_000

#: What must stand in how many rows before it says anything that it never comes again.
_FEW = 10

#: Lists hold some things twice by mistake: one in a hundred is no sign yet, one in ten is.
_ONCE, _AGAIN = 1.01, 1.1

#: By what each is known, best first.
_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    "person": (
        "people.record_id", "identifiers.member_no", "identifiers.user_id", "identifiers.email",
        "identifiers.phone", "identifiers.contact",
    ),
    "orders": ("orders.order_no",),
    "products": ("products.product_id", "products.name"),
    "staff": ("staff.staff_id", "staff.name"),
    "contracts": ("contracts.contract_no",),
}  # fmt: skip
_DAYS = 3


@dataclass(frozen=True)
class _Counted:
    said: int
    different: int
    on_days: int  # different, together with the day

    @property
    def times(self) -> float:
        return self.said / self.different if self.different else 0


def facts(rows: ir.Table, seen: Mapping[str, Shapes]) -> frozenset[str]:
    """What the rows show together, as `Kind.signs` name it: `*person returns`, `*orders repeat`…"""
    columns = {thing: column for thing in _KNOWN_BY if (column := _column(thing, seen))}
    days = [h for h in seen if seen[h].mostly("date")][:_DAYS] if "person" in columns else []
    counted = _counted(rows, columns, days) if columns else {}
    found = {f"*{thing} once" for thing, c in counted.items() if c.said >= _FEW and c.times <= _ONCE}
    found |= {f"*{thing} repeat" for thing, c in counted.items() if c.times >= _AGAIN}
    person = counted.get("person")
    if person and person.times >= _AGAIN and person.on_days >= _AGAIN * person.different:
        found.add("*person returns")
    return frozenset(found)


def _column(thing: str, seen: Mapping[str, Shapes]) -> str | None:
    """The column by which a thing is known; one that says nothing for most rows is none."""
    most = max((shapes.said for shapes in seen.values()), default=0)
    for target in _KNOWN_BY[thing]:
        for header, shapes in seen.items():
            plain = [m for m in meanings(header) if m.target == target and m.rank < 3]
            if plain and shapes.said >= 0.3 * most > 0 and fits(target, shapes):
                return header
    return None


def _counted(rows: ir.Table, columns: Mapping[str, str], days: Iterable[str]) -> dict[str, _Counted]:
    near = rows.filter(rows["__row__"] <= _ROWS)
    counts: dict[str, ir.Value] = {}
    for thing, column in columns.items():
        said = near[column].nullif("")
        counts |= {f"{thing} said": said.count(), f"{thing} different": said.nunique()}
        if thing == "person":
            counts |= {f"day {n}": (said + "\x1f" + near[day]).nunique() for n, day in enumerate(days)}
    found = near.agg(**counts).to_pyarrow().to_pylist()[0]
    on_days = max((int(v) for name, v in found.items() if name.startswith("day ")), default=0)
    return {
        thing: _Counted(int(found[f"{thing} said"]), int(found[f"{thing} different"]), on_days)
        for thing in columns
    }
