"""Cross-selling: what that they have never bought would each customer buy next, and what would it bring?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.eligibility import ending, owing
from shuke.analyses.expected_value_chart import bars
from shuke.analyses.first_purchase_chances import FIGURES, METHODS
from shuke.analyses.first_purchases import BROADEST, firsts, states
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.stats import rounded
from shuke.tables import Column, Grade, Measure, Type, table


@table(
    key=("customer_id", "level", "rank"),
    first="-expected_value",
    theme="offering",
    title=Text("Cross-selling", "交叉销售"),
    about=Text(
        "What that they have never bought would each customer buy next?",
        "每位客户接下来会买哪些从未买过的东西？"),
    reading=Text(
        "Each bar is a category or product; its length is what its candidates together can be expected to "
        "bring within the horizon.",
        "每根柱表示一个类别或商品，长度为其全部候选客户在预测期内预计带来的金额。"),
    limits=Text(
        "The chance is that of people alike who had never bought it, whether or not it was offered to them; "
        "what an offer adds to it is not known before one is made. A product is picked by the "
        "recommendations, but its chance is that of everybody as active, which is too low rather than too "
        "high. Customers beyond their credit limit or with overdue invoices are left out.",
        "概率取自从未购买过该项的相似客户，不论是否有人向其推荐；推荐本身能增加多少，须试过才知道。"
        "商品由推荐表选出，但其概率取自同等活跃度的所有客户，宁低勿高。"
        "超出信用额度或有逾期发票的客户不列入。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}, note=Text(
            "`category`, or `product` among the recommended ones.", "`category` 类别，`product` 推荐商品。")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), note=Text(
            "By expected value, 1 first.", "按期望价值排列，1 为首位。")),
        Column("item", Type.TEXT, Text("Category or product code", "类别或商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("category", Type.TEXT, Text("Category", "类别")),
        Column("chance", Type.NUMBER, Text("Chance of buying", "购买概率"), unit="share"),
        Column("chance_low", Type.NUMBER, Text("Chance, at least", "概率下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Chance, at most", "概率上限"), unit="share"),
        Column("usual_amount", Type.MONEY, Text("Usual amount", "通常金额"), unit="currency"),
        Column("margin", Type.NUMBER, Text("Margin", "毛利率"), unit="share", note=Text(
            "Empty where no cost is known.", "成本未知时为空。")),
        Column("expected_value", Type.MONEY, Text("Expected value", "期望价值"), unit="currency", note=Text(
            "Chance × usual amount × margin; without the margin where no cost at all is known.",
            "概率 × 通常金额 × 毛利率；完全没有成本数据时不乘毛利率。")),
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
            "`alike`: the chance of people alike; `popularity`: that of everybody, where likeness foretold "
            "the last horizon no better.",
            "`alike` 相似客户的概率；`popularity` 所有客户的概率（相似度未能更准地预测上一期时）。")),
    ],
)  # fmt: skip
def cross_sell(  # noqa: PLR0917 - what they buy, what suits them, and how they stand with us
    purchases: ir.Table,
    recommendations: ir.Table,
    credit: ir.Table,
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_contracts: ir.Table,
    identities: ir.Table,
    first_purchase_chances: ir.Table,
    *,
    as_of: date,
    horizon_days: int = 90,
    max_offers: int = 3,
    min_probability: float = 0.01,
    renewal_days: int = 90,
) -> ir.Table:
    """What each customer has never bought and may buy within `horizon_days`, with what that would bring.

    One row per customer, level and rank: the `max_offers` categories, and of the products that
    `recommendations` names the `max_offers`, of the greatest expected value, never bought by the customer up
    to `as_of`, with a chance of `min_probability` or more.

        expected value = chance × usual amount × margin

    People are alike who are as active (days since the last purchase up to 30, 90, 180, 365 or more; bought
    on 1, 2-3 or more days, each category counted) and, for categories, spend most on the same category. The
    chance (see `first_purchase_chances`) is the share of those alike who had not bought the item by a cut and
    did within the horizon after it, over the cuts one and two horizons ago, drawn towards that of all as
    active, and that towards everybody's (beta-binomial shrinkage, Williams 1982). The interval is Wilson's
    (1927). Where
    likeness learnt at the earlier cut gives what followed the later one no greater likelihood than
    everybody's chance does, `method` is `popularity`. The usual amount is what the item brings on a day on
    which it is bought; the margin is that of its lines of known cost in the last year, else the average.
    """
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    ).filter(lambda t: t.day <= as_of)
    suited = recommendations.select("customer_id", "product_id", "product_name", "category")
    now = states(goods, [as_of])
    owned = firsts(goods, suited)
    candidates = _candidates(now, suited, first_purchase_chances)
    fresh = candidates.anti_join(owned, ["customer_id", "level", "item"])
    debtors = owing(credit, landed_invoices, landed_payments, identities, as_of=as_of)
    allowed = fresh.filter(fresh.chance >= min_probability).anti_join(debtors, "customer_id")
    best = ibis.window(
        group_by=["customer_id", "level"],
        order_by=[allowed.expected_value.desc(), allowed.chance.desc(), allowed["item"]],
    )
    ranked = allowed.mutate(rank=ibis.row_number().over(best) + 1).filter(lambda t: t["rank"] <= max_offers)
    contracts = ending(landed_contracts, identities, as_of=as_of, days=renewal_days)
    return _told(ranked.left_join(contracts, "customer_id").drop("customer_id_right"), horizon_days)


def _candidates(now: ir.Table, suited: ir.Table, chances: ir.Table) -> ir.Table:
    """Whatever may bring something, of both levels; one owns some of it already."""
    broad = chances.filter(chances.level == "category")
    fine = chances.filter(chances.level == "product").drop("favourite")
    told = suited.filter(suited.product_id.notnull()).group_by("customer_id", item="product_id")
    named = told.agg(product_name=suited.product_name.max(), category=suited.category.max())
    people = now.select("customer_id", "band", "favourite")
    products = named.inner_join(people, "customer_id").inner_join(fine, ["band", "item"])
    categories = people.inner_join(broad, ["band", "favourite"])
    columns = ("customer_id", "level", "item", "product_name", "category", *FIGURES, "method")
    filled = categories.mutate(product_name=ibis.null("string"), category=categories["item"])
    return filled.select(*columns).union(products.select(*columns))


def _told(rows: ir.Table, days: int) -> ir.Table:
    percent = rounded(rows.chance * 100, 1).cast(str) + "%"
    what = ibis.coalesce(rows.product_name, rows["item"])
    return rows.mutate(
        expected_value=rounded(rows.expected_value, 2),
        usual_amount=rounded(rows.usual_amount, 2),
        priority=ibis.ifelse(rows.contract_ends.notnull(), "renewal_first", "offer"),
        reason=percent + " of customers like this one who had never bought " + what
        + f" did so within {days} days.",
        reason_zh="从未购买过「" + what + "」的相似客户中，有 " + percent + f" 在 {days} 天内购买。",
    )  # fmt: skip


@cross_sell.chart
def value_bars(rows: ir.Table) -> alt.Chart:
    return bars(_summed(rows).head(15), "what", cross_sell["expected_value"])


@cross_sell.sentence
def value_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    frame = _summed(rows)
    if frame.empty:
        return Text("Nobody has a candidate yet.", "目前没有候选推荐。")
    first = frame.iloc[0]
    value = formats.amount(first.value, currency)
    return Text(
        f"{first.what} promises most: {first.customers:,.0f} candidates who never bought it can be expected "
        f"to bring {value.en}.",
        f"「{first.what}」潜力最大：{first.customers:,.0f} 位从未购买过它的候选客户预计可带来 {value.zh}。",
    )


def _summed(rows: ir.Table) -> pd.DataFrame:
    frame = rows.group_by("level", "item", what=ibis.coalesce(rows.product_name, rows["item"])).agg(
        customers=rows.count(), value=rows.expected_value.sum().cast("float64")
    )
    return frame.to_pandas().sort_values(["value", "item"], ascending=[False, True])


@cross_sell.grade
def bought_it(cross_sell: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """What candidates spent on the category named, beside offering everybody what sells most."""
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= until))
    known = goods.filter(goods.customer_id.notnull() & goods.category.notnull())
    before, after = known.filter(known.day <= at), known.filter(known.day > at)
    spent = after.group_by("customer_id", "category").agg(spent=after.amount.sum().cast("float64"))
    owned = before.select("customer_id", "category").distinct()
    named = cross_sell.filter(cross_sell.level == "category")
    pairs = named.select("customer_id", "chance", category="item")
    here, chance, share, value = _outcome(pairs, spent)
    if not here:
        raise NotEnoughData(N_("No customer was a candidate for any category by {day}."), day=at)
    naive = _outcome(_popular(pairs, owned), spent)[3]
    spanned = (until - at).days / int(_DECLARED.keywords["horizon_days"])
    promised = 1 - (1 - chance) ** spanned
    brought, hit = Text("Spent on what was named", "在所推荐类别上的消费"), Text("Bought it", "推荐命中率")
    measures = (
        Measure(name="value", title=brought, value=value, naive=naive, unit="currency"),
        Measure(name="hit_rate", title=hit, value=share, naive=promised, better="near", unit="share"),
    )
    told = Text(
        f"A candidate spent {value:.2f} on the category that was named; on what sells most it would have "
        f"been {naive:.2f}. {share:.1%} bought it, {promised:.1%} were promised.",
        f"平均每个候选在所推荐类别上消费 {value:.2f}，若一律推荐最畅销的类别则为 {naive:.2f}；"
        f"{share:.1%} 购买了所推荐的类别，预计为 {promised:.1%}。",
    )
    return Grade(subjects=here, measures=measures, sentence=told)


#: The table itself: in its grader the name stands for the rows of an earlier day.
_DECLARED = cross_sell


def _outcome(pairs: ir.Table, spent: ir.Table) -> tuple[int, float, float, float]:
    """How many pairs there are, the chance that they were given, the share that bought, the mean spent."""
    found = pairs.left_join(spent, ["customer_id", "category"])
    sums = found.agg(
        here=found.count(), chance=found.chance.mean(), share=found.spent.notnull().cast("float64").mean(),
        value=found.spent.fill_null(0).mean(),
    )  # fmt: skip
    row = sums.to_pandas().iloc[0]
    chance, share, value = (0.0 if pd.isna(x) else float(x) for x in (row.chance, row.share, row.value))
    return int(row.here), chance, share, value


def _popular(pairs: ir.Table, owned: ir.Table) -> ir.Table:
    """For the same people as many categories that they do not have, those that most others do."""
    liked = owned.group_by("category").agg(owners=owned.count()).to_pandas()
    top = liked.sort_values(["owners", "category"], ascending=[False, True]).head(BROADEST)
    shelf = ibis.memtable(
        top.assign(place=range(len(top)))[["category", "place"]],
        schema={"category": "string", "place": "int64"},
    )
    people = pairs.group_by("customer_id").agg(most=pairs.count(), chance=pairs.chance.mean())
    open_ = people.cross_join(shelf).anti_join(owned, ["customer_id", "category"])
    nth = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=open_.place))
    return open_.mutate(nth=nth).filter(lambda t: t.nth < t.most)
