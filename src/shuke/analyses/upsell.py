"""Up-selling: who buys the lesser make of a thing whose like move up, and what would that bring?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.eligibility import ending, owing
from shuke.analyses.expected_value_chart import bars
from shuke.analyses.first_purchase_chances import METHODS
from shuke.analyses.product_ladders import LADDERS, MAKES, as_table, ladders, placed, sold, standing
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.stats import rounded
from shuke.tables import Column, Grade, Measure, Type, table


@table(
    key=("customer_id", "rank"),
    first="-expected_value",
    theme="offering",
    title=Text("Up-selling", "向上销售"),
    about=Text("Who buys the lesser make of a thing whose like move up?", "哪些购买低配款的客户可能升级？"),
    reading=Text(
        "Each bar is a thing or a category; its length is what its candidates together can be expected to "
        "bring more by moving up within the horizon.",
        "每根柱表示一种商品或类别，长度为其全部候选客户在预测期内升级预计多带来的金额。"),
    limits=Text(
        "A small pack may be what a small household needs: that somebody could buy a dearer make does not "
        "mean that they should. Who is alike moved up without being asked to, or by offers that were made "
        "already. Customers beyond their credit limit or with overdue invoices are left out.",
        "小包装可能正适合小家庭：能买更贵的款式不等于应该买。相似客户的升级未必出于推荐，也可能已受过推荐。"
        "超出信用额度或有逾期发票的客户不列入。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), note=Text(
            "By expected value, 1 first.", "按期望价值排列，1 为首位。")),
        Column("family", Type.TEXT, Text("Thing or category", "商品系列或类别")),
        Column("ladder", Type.TEXT, Text("Kind of ladder", "升级方式"),
            codes=LADDERS,
            note=Text(
            "`variant`: makes of one thing; `price_band`: thirds of a category's prices.",
            "`variant` 同一商品的不同款式；`price_band` 类别内的三档价格。")),
        Column("rung", Type.INTEGER, Text("Rung now", "现档位"), note=Text(
            "1 is the cheapest.", "1 为最低档。")),
        Column("to_rung", Type.INTEGER, Text("Rung to offer", "推荐档位")),
        Column("last_day", Type.DATE, Text("Last bought", "最近购买")),
        Column("price", Type.MONEY, Text("Price now", "现价位"), unit="currency"),
        Column("product_id", Type.TEXT, Text("Product to offer", "推荐商品")),
        Column("product_name", Type.TEXT, Text("Its name", "推荐商品名称")),
        Column("to_price", Type.MONEY, Text("Its price", "推荐商品价格"), unit="currency"),
        Column("chance", Type.NUMBER, Text("Chance of moving up", "升级概率"), unit="share"),
        Column("chance_low", Type.NUMBER, Text("Chance, at least", "概率下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Chance, at most", "概率上限"), unit="share"),
        Column("expected_value", Type.MONEY, Text("Expected value", "期望价值"), unit="currency", note=Text(
            "Chance × usual pieces × what a piece leaves more; costs are taken off where both are known.",
            "概率 × 通常件数 × 每件多得的金额；两者成本均已知时扣除成本。")),
        Column("contract_ends", Type.DATE, Text("Contract ends", "合同到期日")),
        Column("priority", Type.TEXT, Text("What comes first", "优先事项"),
            codes={"offer": Text("offer", "可推荐"), "renewal_first": Text("renewal first", "先续约")},
            note=Text(
            "`renewal_first`: a contract nears its end, renew it before offering more; else `offer`.",
            "`renewal_first` 合同将到期，先续约；其余为 `offer` 可推荐。")),
        Column("reason", Type.TEXT, Text("Why", "原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Why (Chinese)", "原因")),
        Column("method", Type.TEXT, Text("Method", "方法"),
            codes=METHODS,
            note=Text(
            "`alike`: the chance of those on the same rung, idle as long; `popularity`: that of everybody, "
            "where likeness foretold the last horizon no better.",
            "`alike` 同档位且间隔相近的客户的概率；"
            "`popularity` 所有客户的概率（相似度未能更准地预测上一期时）。")),
    ],
)  # fmt: skip
def upsell(  # noqa: PLR0917 - what they buy, what there is, and how they stand with us
    purchases: ir.Table,
    credit: ir.Table,
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_contracts: ir.Table,
    identities: ir.Table,
    product_rungs: ir.Table,
    upsell_chances: ir.Table,
    *,
    as_of: date,
    horizon_days: int = 90,
    max_offers: int = 3,
    min_probability: float = 0.01,
    renewal_days: int = 90,
    makes: tuple[str, ...] = MAKES,  # noqa: ARG001 - asked of `product_rungs`
) -> ir.Table:
    """Who last bought a lower rung of a ladder, and the chance and worth of their next buying a higher one.

    One row per customer and rank: the `max_offers` ladders of the greatest expected value with a chance of
    `min_probability` or more. Products of a category whose names differ only in their make (`makes`, or what
    follows a comma or a bracket) are rungs of one ladder by their average price; the others stand on the
    third of their category's prices to which theirs belongs.

        expected value = chance × usual pieces × (gain of a piece there - gain of a piece here)

    The gain of a piece is its price less its cost, or its price alone where no cost is known. Alike are
    those whose last purchase was on the same rung of the same ladder and as long ago (up to 30, 90, 180, 365
    days, or more). The chance (see `upsell_chances`) is the share of them that bought a higher rung within
    `horizon_days`, over the cuts one and two horizons ago, drawn towards that of all ladders of the kind
    after the same pause (beta-binomial shrinkage, Williams 1982). The rung offered is the one to which most
    have moved from there, else the next; of a price band, its product with the most buyers.
    """
    days = placed(sold(purchases).filter(lambda t: t.day <= as_of), product_rungs)
    named = standing(days, [as_of]).inner_join(upsell_chances, ["ladder", "family", "rung", "idle"])
    priced = named.mutate(expected_value=rounded(named.chance * named.more * named.pieces, 2))
    debtors = owing(credit, landed_invoices, landed_payments, identities, as_of=as_of)
    worth = priced.filter((priced.expected_value > 0) & (priced.chance >= min_probability))
    allowed = worth.anti_join(debtors, "customer_id")
    best = ibis.window(
        group_by="customer_id",
        order_by=[allowed.expected_value.desc(), allowed.family, allowed.ladder],
    )
    ranked = allowed.mutate(rank=ibis.row_number().over(best) + 1).filter(lambda t: t["rank"] <= max_offers)
    contracts = ending(landed_contracts, identities, as_of=as_of, days=renewal_days)
    return _told(ranked.left_join(contracts, "customer_id").drop("customer_id_right"), horizon_days)


def _told(rows: ir.Table, days: int) -> ir.Table:
    percent = rounded(rows.chance * 100, 1).cast(str) + "%"
    return rows.mutate(
        price=rounded(rows.price, 2), to_price=rounded(rows.to_price, 2),
        priority=ibis.ifelse(rows.contract_ends.notnull(), "renewal_first", "offer"),
        reason=percent + " of those who last bought this make of " + rows.family
        + f" moved up within {days} days; next is " + rows.product_name + ".",
        reason_zh="最近购买同档「" + rows.family + "」的客户中，有 " + percent
        + f" 在 {days} 天内升级；可推荐「" + rows.product_name + "」。",
    )  # fmt: skip


@upsell.chart
def value_bars(rows: ir.Table) -> alt.Chart:
    return bars(_summed(rows).head(15), "family", upsell["expected_value"])


@upsell.sentence
def value_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    frame = _summed(rows)
    if frame.empty:
        return Text("Nobody is a candidate for a better make yet.", "目前没有可升级的客户。")
    first = frame.iloc[0]
    more = formats.amount(first.value, currency)
    return Text(
        f"{first.family} promises most: {first.customers:,.0f} candidates on a lower rung can be expected to "
        f"bring {more.en} more.",
        f"「{first.family}」潜力最大：{first.customers:,.0f} 位较低档位的候选客户预计可多带来 {more.zh}。",
    )


def _summed(rows: ir.Table) -> pd.DataFrame:
    frame = rows.group_by("family").agg(
        customers=rows.customer_id.nunique(), value=rows.expected_value.sum().cast("float64")
    )
    return frame.to_pandas().sort_values(["value", "family"], ascending=[False, True])


@upsell.grade
def moved_up(
    upsell: ir.Table, purchases: ir.Table, landed_products: ir.Table, *, at: date, until: date
) -> Grade:
    """How many candidates moved up, beside all who could have."""
    goods = sold(purchases).filter(lambda t: t.day <= until)
    rungs = ladders(goods.filter(goods.day <= at), landed_products, MAKES)
    days = placed(goods, as_table(rungs))
    tops = rungs.groupby(["ladder", "family"], as_index=False).top.max()
    schema = {"ladder": "string", "family": "string", "top": "int64"}
    ends = ibis.memtable(tops, schema=schema)
    there = standing(days, [at]).inner_join(ends, ["ladder", "family"])
    able = there.filter(there.rung < there.top)
    place = ["customer_id", "ladder", "family"]
    later = days.filter(days.day > at).group_by(place).agg(reached=days.rung.max())
    seen = able.left_join(later, place).select(
        *place, up=(later.reached > able.rung).fill_null(False).cast("float64")
    )
    picked = seen.inner_join(upsell.select(*place, "chance"), place)
    rows = picked.agg(here=picked.count(), share=picked.up.mean(), chance=picked.chance.mean()).to_pandas()
    here, everybody = int(rows.here.iloc[0]), seen.up.mean().execute()
    if not here:
        raise NotEnoughData(N_("Nobody was a candidate for a better make by {day}."), day=at)
    share, naive = float(rows["share"].iloc[0]), float(everybody)
    spanned = (until - at).days / int(_DECLARED.keywords["horizon_days"])
    promised = 1 - (1 - float(rows.chance.iloc[0])) ** spanned
    went = Text("Moved up", "升级比例")
    kept = Text("Beside what was promised", "与预计比例之比较")
    return Grade(
        subjects=here,
        measures=(
            Measure(name="moved_up", title=went, value=share, naive=naive, unit="share"),
            Measure(name="promised", title=kept, value=share, naive=promised, better="near", unit="share"),
        ),
        sentence=Text(
            f"Of 100 candidates {100 * share:.1f} moved up, of all who could have {100 * naive:.1f}; "
            f"{100 * promised:.1f} were promised.",
            f"每 100 个候选中有 {100 * share:.1f} 个升级，所有可升级者中为 {100 * naive:.1f} 个；"
            f"预计为 {100 * promised:.1f} 个。",
        ),
    )


#: The table itself: in its grader the name stands for the rows of an earlier day.
_DECLARED = upsell
