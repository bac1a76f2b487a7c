"""Stage trials: did what a stage of life suggests come true more often than it does with anybody?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.analyses.life_rules import MOVED, RETIRED, RULES
from shuke.analyses.stage_signs import KnownThen, StageRules, stages_reached
from shuke.analyses.successions import beginnings, discovered, successions
from shuke.languages import Text
from shuke.lazy import pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Customers who have been in a stage, before it can be said how often what it suggests comes true.
ENOUGH = 20
#: The last so many days, on which what is suggested is tried.
TRIAL = timedelta(days=182)
#: Of all stages said to be better, the share that may be so by chance.
FALSE = 0.05

#: Whether what is suggested has come true more often than it does with anybody.
METHODS: dict[str, Text] = {
    "stage": Text("shown on the past", "已由历史证实"),
    "untried": Text("not tried yet", "尚未检验"),
    "baseline": Text("no better than for anybody", "与一般客户无异"),
}


@table(
    key="stage",
    learns_for="life_stages",
    theme="offering",
    title=Text("Life stages on trial", "人生阶段检验"),
    about=Text(
        "Did what a stage of life suggests come true more often than it does with anybody?",
        "人生阶段的建议应验是否多于一般客户？"),
    limits=Text(
        "Half a year is looked at: what comes true later than that counts as not come true.",
        "只看半年：更晚才应验的不计。"),
    subject=None,
    columns=[
        Column("stage", Type.TEXT, Text("Stage", "阶段")),
        Column("method", Type.TEXT, Text("Suggestion", "建议依据"), codes=METHODS),
        Column("customers", Type.INTEGER, Text("Customers in it then", "当时处于该阶段的客户数"),
            unit="count"),
        Column("came_true", Type.INTEGER, Text("Bought what it suggests", "购买建议类别的客户数"),
            unit="count"),
        Column("usual", Type.NUMBER, Text("Of all customers", "全体客户中的比例"), unit="share"),
    ],
)  # fmt: skip
def stage_trials(
    purchases: ir.Table,
    customers: ir.Table,
    facts: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    rules: tuple[str, ...] = RULES,
    moved: tuple[str, ...] = MOVED,
    retired: tuple[str, ...] = RETIRED,
    retirement_age: int = 60,
    recent_months: int = 12,
    gap_days: int = 90,
    lead: float = 1.25,
) -> ir.Table:
    """How often what the stages of `life_stages` suggested half a year ago came true since.

    One row per stage in which there were 20 customers then, of a company at least a year old. `came_true` are
    those of them who have bought of the category since, `usual` is the share of all customers of that time
    who have. `method` is `stage` where it is clearly more (binomial, one-sided, at most 5 % of all stages
    found to be better being so by chance: Benjamini and Hochberg 1995), else `baseline`.
    """
    known = KnownThen.of(purchases, customers, facts, as_of)
    asked = StageRules(rules, moved, retired, retirement_age, recent_months)
    cut = as_of - TRIAL
    start = known.goods.day.min().to_pyarrow().as_py()
    if start is None or start > cut - TRIAL:
        return _written(pd.DataFrame(columns=list(stage_trials.schema)))
    from scipy.stats import binom  # heavy: only where there is something to try

    before = known.on(cut)
    begun = beginnings(before.goods, checkpoint)
    found = successions(begun, gap_days=gap_days, lead=lead)
    came = come_true(checkpoint(stages_reached(before, asked, begun, found)), known.goods, cut)
    tried = came[came.here >= ENOUGH]
    chance = pd.Series(binom.sf(tried.came - 1, tried.here, tried.usual), tried.index, dtype=float)
    better = discovered(chance, FALSE) & (tried.came > tried.here * tried.usual)
    method = better.map({True: "stage", False: "baseline"})
    return _written(tried.assign(method=method, customers=tried.here, came_true=tried.came))


def _written(rows: pd.DataFrame) -> ir.Table:
    return ibis.memtable(rows[list(stage_trials.schema)].reset_index(drop=True), schema=stage_trials.schema)


def come_true(reached: ir.Table, goods: ir.Table, at: date) -> pd.DataFrame:
    """By stage and category how many were `here`, of whom it `came` true, and the `usual` share of all.

    Came true: bought of the category after `at`, in `goods` that know what was sold then. All are those
    who had bought anything by `at`.
    """
    after = goods.filter((goods.day > at) & goods.category.notnull())
    taken = after.select("customer_id", suggested_category="category").distinct()
    earlier = goods.filter(goods.day <= at).select("customer_id").distinct()
    keys = ["customer_id", "suggested_category"]
    named = reached.filter(reached.suggested_category.notnull()).left_join(taken.mutate(came=1), keys)
    counts = named.group_by("stage", "suggested_category").agg(
        here=named.count(), came=named.came.sum().fill_null(0)
    )
    known = taken.semi_join(earlier, "customer_id")
    buyers = known.group_by("suggested_category").agg(buyers=known.count())
    everybody = earlier.aggregate(everybody=earlier.count())
    frame = counts.left_join(buyers, "suggested_category").cross_join(everybody).to_pandas()
    usual = frame.buyers.fillna(0) / frame.everybody.clip(lower=1)
    return frame.assign(usual=usual.astype(float)).sort_values("stage", ignore_index=True)
