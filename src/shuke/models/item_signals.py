"""Item signals: what was known by a day of each customer and each thing that they might need?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.errors import NotEnoughData
from shuke.languages import N_
from shuke.lazy import pd
from shuke.tables.derived import Checkpoint

#: What is bought besides tells of a need; beyond these there are too few buyers to learn from.
CONTEXT = 60

#: Logarithms are added as whole numbers of so many parts, which come to one sum on every engine.
PARTS = 10_000

#: What a chance is made of, in the order of the model's weights, by what it tells of.
SIGNALS = {
    "had": "own", "times": "own", "since_last": "own", "lately": "own", "own_rate": "own", "due": "own",
    "off_rhythm": "own", "affinity": "alike", "visits": "active", "since_visit": "active", "tenure": "active",
    "visit_rate": "active", "popularity": "item",
}  # fmt: skip


@dataclass(frozen=True)
class Bought:
    """Who bought which item on which day, the days on which they bought anything, and what is asked about.

    `daily` has a row per customer, item and day, `visits` one per customer and day. `context` are all items
    that tell of a need, `items` those for which it is asked.
    """

    daily: ir.Table
    visits: ir.Table
    context: Sequence[str]
    items: Sequence[str]


def bought(purchases: ir.Table, *, item: str, as_of: date, most: int, checkpoint: Checkpoint) -> Bought:
    """The lines of goods sold to known customers, by category; by product where nothing has a category.

    `item` is a product's code or name, a category, or a word of either; all lines that it means are one item
    of that name. Without one the `most` bought categories are asked about.
    """
    lines = named_items(purchases, item=item, as_of=as_of)
    named = lines.filter(lines["item"].notnull())
    daily = checkpoint(
        named.group_by("customer_id", "item", "day").agg(
            quantity=named.quantity.sum(), amount=named.amount.sum()
        )
    )
    counted = daily.group_by("item").agg(buyers=daily.customer_id.nunique()).to_pandas()
    ranked = counted.sort_values(["buyers", "item"], ascending=[False, True])["item"]
    if item and item not in set(ranked):
        raise NotEnoughData(N_("Nothing that was sold is called {item}."), item=repr(item))
    context = list(dict.fromkeys([*([item] if item else []), *ranked.head(CONTEXT)]))
    return Bought(
        daily=daily,
        visits=checkpoint(lines.select("customer_id", "day").distinct()),
        context=context,
        items=context[: most + bool(item)],
    )


def named_items(purchases: ir.Table, *, item: str, as_of: date) -> ir.Table:
    """The lines of goods sold to known customers by a day, each with the `item` that it is one of."""
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    sold = goods.filter(goods.day <= as_of)
    has_shelves = bool(sold.category.count().to_pyarrow().as_py())
    shelf = sold.category if has_shelves else ibis.coalesce(sold.product_name, sold.product_id)
    lines = sold.mutate(item=shelf)
    return lines.mutate(item=ibis.ifelse(_meant(lines, item), item, shelf)) if item else lines


def _meant(lines: ir.Table, item: str) -> ir.BooleanValue:
    """Which lines somebody means: by code or whole name, else by a word of the name or the category."""
    word = item.strip().lower()
    exact = (
        (lines.product_id == item) | (lines.product_name.lower() == word) | (lines.category.lower() == word)
    )
    if lines.filter(exact).count().to_pyarrow().as_py():
        return exact.fill_null(False)
    # The name of a shelf is often written in the plural, that of a thing in the singular.
    root = word[:-1] if word.isascii() and word.endswith("s") and len(word) > 3 else word
    within = lines.product_name.lower().contains(root).fill_null(False)
    return within | lines.category.lower().contains(root).fill_null(False)


def signals(known: Bought, *, cut: date, days: int, checkpoint: Checkpoint, one_in: int = 1) -> ir.Table:
    """One row per customer who bought anything by `cut` and item asked about; with one in so many customers.

    `hit` tells whether they bought it within `days` after it. `own_chance` is what their own rate so far
    gives, drawn to everybody's as by one more period of `days`; `popular_chance` what their visits and the
    item's share of everybody's visits give.
    """
    past = known.daily.filter(known.daily.day <= cut)
    who = _customers(known.visits, cut, days, one_in)
    items = _items(past, known.items, cut, days)
    pairs = _pairs(past, known.items, cut, days)
    alike = _affinity(past, known)
    after = known.daily.filter((known.daily.day > cut) & (known.daily.day <= cut + timedelta(days=days)))
    hits = after.select("customer_id", "item").distinct().mutate(hit=ibis.literal(1))
    everybody = who.agg(
        people=who.count(), all_visits=who.visits_n.sum(),
        all_days=(ibis.literal(cut).delta(who["first"], unit="day") + 1).sum(),
    )  # fmt: skip
    grid = who.cross_join(items).cross_join(everybody)
    for part in (pairs, alike, hits):
        grid = grid.left_join(part, ["customer_id", "item"]).drop("customer_id_right", "item_right")
    return checkpoint(_shaped(grid, cut, days))


def _customers(visits: ir.Table, cut: date, days: int, one_in: int) -> ir.Table:
    past = visits.filter(visits.day <= cut)
    each = past.group_by("customer_id").agg(
        first=past.day.min(), last=past.day.max(), visits_n=past.count(),
        visits_lately=(past.day > cut - timedelta(days=days)).sum(),
    )  # fmt: skip
    if one_in == 1:
        return each
    numbered = each.mutate(nth=ibis.row_number().over(order_by=each.customer_id))
    return numbered.filter(numbered.nth % one_in == 0).drop("nth")


def _items(past: ir.Table, items: Sequence[str], cut: date, days: int) -> ir.Table:
    """Of each item how many customers bought it of late, and on how many days it was bought."""
    here = past.filter(past["item"].isin(list(items)))
    lately = here.day > cut - timedelta(days=days)
    sums = here.group_by("item").agg(
        buyers=here.customer_id.nunique(where=lately), item_days=here.count()
    )  # fmt: skip
    asked = ibis.memtable(pd.DataFrame({"asked": list(items)}), schema={"asked": "string"})
    every = asked.left_join(sums, asked.asked == sums["item"])
    return every.select(item="asked", **{name: every[name].fill_null(0) for name in ("buyers", "item_days")})


def _pairs(past: ir.Table, items: Sequence[str], cut: date, days: int) -> ir.Table:
    here = past.filter(past["item"].isin(list(items)))
    return here.group_by("customer_id", "item").agg(
        n=here.count(), first_bought=here.day.min(), last_bought=here.day.max(),
        lately_n=(here.day > cut - timedelta(days=days)).sum(),
    )  # fmt: skip


def _affinity(past: ir.Table, known: Bought) -> ir.Table:
    """How much oftener those who own what a customer owns own the item, on the average of what they own.

    The logarithm of owners in common over as many as chance would make, one more of either added.
    """
    owned = past.filter(past["item"].isin(list(known.context))).select("customer_id", "item").distinct()
    wanted = owned.filter(owned["item"].isin(list(known.items))).select("customer_id", other="item")
    both = owned.inner_join(wanted, "customer_id").group_by("item", "other").agg(both=lambda t: t.count())
    counts = owned.group_by("item").agg(owners=owned.count()).to_pandas()
    people = int(past.customer_id.nunique().to_pyarrow().as_py() or 0)
    frame = both.to_pandas()
    size = counts.set_index("item").owners.to_dict()
    pairs = pd.MultiIndex.from_product([sorted(size), list(known.items)], names=["item", "other"])
    full = frame.set_index(["item", "other"]).both.reindex(pairs, fill_value=0).reset_index()
    full = full[full["item"] != full.other].sort_values(["item", "other"])
    expected = full["item"].map(size) * full.other.map(size).fillna(0) / max(people, 1)
    lift = np.log(((full.both + 1) / (expected + 1)).to_numpy(float))
    lifts = ibis.memtable(
        full.assign(lift=np.rint(PARTS * lift).astype("int64"))[["item", "other", "lift"]],
        schema={"item": "string", "other": "string", "lift": "int64"},
    )
    theirs = owned.inner_join(lifts, "item")
    mean = theirs.group_by("customer_id", "other").agg(
        affinity=theirs.lift.sum().cast("float64") / theirs.count() / PARTS
    )
    return mean.select("customer_id", item="other", affinity="affinity")


def _shaped(grid: ir.Table, cut: date, days: int) -> ir.Table:
    at = ibis.literal(cut)
    n, had = grid.n.fill_null(0).cast("float64"), grid.n.notnull()
    tenure = (at.delta(grid["first"], unit="day") + 1).cast("float64")
    rate = grid.item_days.cast("float64") / grid.all_days
    own = (n + rate * days) / (tenure + days)
    visits = grid.visits_n.cast("float64")
    visit_rate = (visits + 1) / (tenure + days)
    share = (grid.item_days + 1).cast("float64") / (grid.all_visits + 1)
    since = at.delta(grid.last_bought, unit="day").cast("float64")
    gap = grid.last_bought.delta(grid.first_bought, unit="day").cast("float64") / (n - 1).nullif(0)
    due = ibis.ifelse(gap > 0, ibis.least(since / gap, 3.0), None)
    return grid.select(
        "customer_id", "item", "last_bought", times_bought=n.cast("int64"), hit=grid.hit.fill_null(0),
        had=had.cast("float64"), times=(n + 1).ln(), since_last=(since.fill_null(0) + 1).ln(),
        lately=(grid.lately_n.fill_null(0) + 1).cast("float64").ln(), own_rate=(own * days).ln(),
        due=due.fill_null(0.0), off_rhythm=(due - 1).abs().fill_null(1.0),
        affinity=grid.affinity.fill_null(0.0), visits=(visits + 1).ln(),
        since_visit=(at.delta(grid["last"], unit="day").cast("float64") + 1).ln(), tenure=tenure.ln(),
        visit_rate=(grid.visits_lately + 1).cast("float64").ln(),
        popularity=((grid.buyers + 1).cast("float64") / grid.people).ln(),
        own_chance=1 - (-own * days).exp(), popular_chance=1 - (-visit_rate * share * days).exp(),
    )  # fmt: skip
