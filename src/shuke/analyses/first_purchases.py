"""First purchases: how likely is it that somebody soon buys what they never bought, given how they buy?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.shrinkage import log_score, pooled, shrunk, spread
from shuke.errors import NotEnoughData
from shuke.languages import N_
from shuke.lazy import pd

#: Categories that are tried for anybody; beyond these there are too few buyers to learn from.
BROADEST = 60


def states(goods: ir.Table, cuts: list[date]) -> ir.Table:
    """How active each customer was at each cut, and on which category they had spent most."""
    shelved = goods.select(
        "customer_id", "day", category=goods.category.fill_null(""), amount=goods.amount.cast("float64")
    )
    daily = shelved.group_by("customer_id", "day", "category").agg(amount=shelved.amount.sum())
    looks = ibis.memtable(pd.DataFrame({"at": cuts}), schema={"at": "date"})
    seen = daily.inner_join(looks, daily.day <= looks["at"])
    per = seen.group_by("at", "customer_id", "category").agg(
        amount=seen.amount.sum(), last=seen.day.max(), days=seen.count()
    )
    dearest = ibis.window(group_by=["at", "customer_id"], order_by=[per.amount.desc(), per.category])
    ordered = per.mutate(nth=ibis.row_number().over(dearest))
    whole = ordered.group_by("at", "customer_id").agg(
        last=ordered["last"].max(),
        days=ordered.days.sum(),
        favourite=ordered.category.max(where=ordered.nth == 0),
    )
    idle = whole["at"].delta(whole["last"], unit="day")
    recent = ibis.cases((idle <= 30, 0), (idle <= 90, 1), (idle <= 180, 2), (idle <= 365, 3), else_=4)
    often = ibis.cases((whole.days <= 1, 0), (whole.days <= 3, 1), else_=2)
    return whole.select("at", "customer_id", "favourite", band=(recent * 3 + often).cast("int64"))


def firsts(goods: ir.Table, suited: ir.Table) -> ir.Table:
    """When each customer first bought each category and each product that is recommended to anybody."""
    categories = goods.filter(goods.category.notnull())
    products = goods.semi_join(suited, "product_id")
    return (
        categories.group_by("customer_id", level=ibis.literal("category"), item="category")
        .agg(first=categories.day.min())
        .union(
            products.group_by("customer_id", level=ibis.literal("product"), item="product_id").agg(
                first=products.day.min()
            )
        )
    )


def counted(
    states: ir.Table, firsts: ir.Table, days: int, cuts: list[date]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By state and item, who had it by a cut and who first bought it after; and the people of each state."""
    joined = states.filter(states["at"].isin(cuts)).inner_join(firsts, "customer_id")
    after = joined["first"].delta(joined["at"], unit="day")
    marked = joined.select(
        "at", "level", "item", "band",
        favourite=ibis.ifelse(joined.level == "category", joined.favourite, ""),
        owner=(after <= 0).cast("int64"), hit=((after > 0) & (after <= days)).cast("int64"),
    )  # fmt: skip
    counts = marked.group_by("at", "level", "item", "band", "favourite").agg(
        owners=marked.owner.sum(), hits=marked.hit.sum()
    )
    sizes = states.group_by("at", "band", "favourite").agg(people=states.count())
    return counts.to_pandas(), sizes.to_pandas()


def rates(counts: pd.DataFrame, sizes: pd.DataFrame, cuts: list[date]) -> pd.DataFrame:
    """The chance of each item in each state that there is, by the method that foretold better."""
    for frame in (counts, sizes):
        frame["at"] = pd.to_datetime(frame["at"]).dt.date
    if len(sizes) and not (sizes["at"] < cuts[0]).any():
        raise NotEnoughData(
            N_("Purchases more than {days} days old are needed to see what is bought next."),
            days=(cuts[0] - cuts[1]).days,
        )
    return pd.concat(
        [_judged(_cells(counts, sizes, cuts[0], level), cuts) for level in ("category", "product")]
    )


def _cells(counts: pd.DataFrame, sizes: pd.DataFrame, today: date, level: str) -> pd.DataFrame:
    """Every state with every item at every cut; today's states have no trials yet."""
    mine = counts[counts.level == level]
    sums = mine.assign(buyers=mine.owners + mine.hits).groupby("item", as_index=False).buyers.sum()
    items = sums.sort_values(["buyers", "item"], ascending=[False, True])[["item"]]
    groups = sizes.assign(level=level)
    if level == "category":
        items = items.head(BROADEST)
    else:
        groups = (
            groups.assign(favourite="")
            .groupby(["at", "level", "band", "favourite"], as_index=False)
            .people.sum()
        )
    grid = groups.merge(items, how="cross").merge(mine, how="left")
    counted = grid.fillna({"owners": 0, "hits": 0})
    trials = (counted.people - counted.owners).where(counted["at"] < today, 0)
    return counted.assign(trials=trials.clip(lower=0))


def _judged(cells: pd.DataFrame, cuts: list[date]) -> pd.DataFrame:
    """Both cuts together, by likeness where what the earlier one taught held at the later one."""
    where = ["level", "band", "favourite", "item"]
    earlier = cells.assign(**{n: cells[n].where(cells["at"] == cuts[2], 0) for n in ("hits", "trials")})
    learnt = earlier.groupby(where, as_index=False)[["hits", "trials"]].sum()
    learnt = learnt.assign(alike=_alike(learnt), everybody=pooled(learnt, ["item"]))
    later = cells[cells["at"] == cuts[1]].merge(learnt[[*where, "alike", "everybody"]], on=where)
    better = log_score(later, later.alike) > log_score(later, later.everybody) and learnt.trials.sum() > 0
    whole = cells.groupby(where, as_index=False)[["hits", "trials"]].sum()
    chance = _alike(whole) if better else pooled(whole, ["item"])
    low, high = spread(chance, whole.trials if better else whole.groupby("item").trials.transform("sum"))
    return whole.assign(chance=chance, low=low, high=high, method="alike" if better else "popularity")


def _alike(cells: pd.DataFrame) -> pd.Series:
    """The chance in each state, drawn to that of all as active, and that to everybody's."""
    bands = cells.groupby(["band", "item"], as_index=False)[["hits", "trials"]].sum()
    active = bands.assign(prior=shrunk(bands, pooled(bands, ["item"])))[["band", "item", "prior"]]
    return shrunk(cells, cells.merge(active, how="left", on=["band", "item"]).prior)
