"""Expense: where is more spent than the budget holds, or than sales can carry?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity, still
from shuke.alerts.sales_progress import Z90
from shuke.languages import Text
from shuke.stats import Z95, rounded
from shuke.tables import Type


@alert_rule(
    title=Text("Spending beyond budget or sales", "支出超预算或快于销售"),
    about=Text("Where is too much spent?", "哪里支出过多？"),
    evidence={
        "budget": Text("Budget", "预算"),
        "spent": Text("spent so far", "已支出"),
        "projected": Text("projected to the month's end", "月末预计"),
        "largest": Text("largest single item", "最大一笔"),
        "growth_percent": Text("three months over the three before, in percent", "近三个月较前三个月（%）"),
        "sales_percent": Text("sales, in percent", "同期销售（%）"),
        "last_year": Text("the same month last year", "去年同月"),
    },
)
def expense(
    spending: ir.Table,
    last_build_expense: ir.Table,
    *,
    as_of: date,
    tolerance: float = 0.1,
    climb: float = 0.25,
) -> ir.Table:
    """Cost centres, campaigns and customers on whom more is spent than budgeted, or than sales carry.

    One finding per target. Above budget: it is spent, or the month will end more than `tolerance` above it,
    which the rest of nine in ten such months does; one large item, such as a rent on the first, is not
    projected. Climbing: spending of three months, each large item cut, has grown by more than `climb` over
    what sales grew, beyond chance (95 %). Severity is `high` above the budget of the whole month. Once
    found it stays while it is projected above the budget at all, or climbs by more than half of that. At
    stake is the excess.
    """
    figures = {
        name: spending[name].cast("float64") for name in ("budget", "spent", "projected", "spread", "recent")
    }
    told = spending.mutate(**{f"_{name}": value for name, value in figures.items()})
    over = (told._spent > told._budget).fill_null(False)
    ahead = (told._projected - Z90 * told._spread > told._budget) & (
        told._projected > told._budget * (1 + tolerance)
    )
    beside = (1 + told.growth) / (1 + ibis.greatest(told.sales_growth.fill_null(0.0), -0.99))
    climbs = (beside > 1 + climb) & (beside.ln() > Z95 * told.growth_error)
    excess = ibis.greatest(
        (told._projected - told._budget).fill_null(0.0), (told._recent * (1 - 1 / beside)).fill_null(0.0), 0.0
    )
    figured = told.mutate(
        over=over, excess=excess, projected_over=told._projected > told._budget, beside=beside
    )
    kept = still(
        figured, last_build_expense,
        opens=over | ahead.fill_null(False) | climbs.fill_null(False),
        lasts=figured.projected_over.fill_null(False) | (figured.beside > 1 + climb / 2).fill_null(False),
    )  # fmt: skip
    return kept.select(
        "subject_kind", "subject",
        since=ibis.coalesce(kept.known_since, ibis.literal(as_of)),
        severity=severity(kept.over),
        at_stake=kept.excess.round(4).cast(Type.MONEY.ibis),
        evidence=evidence(
            budget=kept.budget, spent=kept.spent, projected=kept.projected, largest=kept.largest,
            growth_percent=rounded(kept.growth * 100, 0).cast("int64"),
            sales_percent=rounded(kept.sales_growth * 100, 0).cast("int64"),
            last_year=kept.last_year,
        ),
    )  # fmt: skip
