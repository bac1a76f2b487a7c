"""Expenses: on whom and on what is how much spent, beside its budget, and what did it bring?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.recorded_costs import recorded_costs
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import rounded
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

MONEY = Type.MONEY.ibis

COMPANY = "company"

#: By what expenses are told apart, and the column of an expense that names it.
BY = {"cost_centre": "cost_centre", "campaign": "campaign_id", "staff": "staff_id", "customer": "customer_id"}

KINDS: dict[str, Text] = {
    COMPANY: Text("Company", "全公司"),
    "cost_centre": Text("Department", "部门"),
    "campaign": Text("Campaign", "活动"),
    "staff": Text("Employee", "员工"),
    "customer": Text("Customer", "客户"),
}

#: What is spent on nothing in particular.
NONE = "?"

KNOWN_BY: dict[str, Text] = {
    "lift": Text("Beyond those held out", "高于对照组的增量"),
    "bought": Text("Bought by the customer", "客户购买额"),
    "sold": Text("Sold by the employee", "员工销售额"),
    "department": Text("Sold by the department's employees", "部门员工销售额"),
    "all": Text("All sales", "全部销售额"),
}

#: So many departments stand in the picture.
_SHOWN = 12


def _money(name: str, title: Text, note: Text | None = None) -> Column:
    return Column(name, Type.MONEY, title, unit="currency", note=note)


@table(
    key=("kind", "subject"),
    first="-spent",
    theme="money",
    title=Text("Expenses", "费用分析"),
    about=Text(
        "On whom and on what is how much spent, beside its budget, and what did it bring?",
        "费用花在谁、什么上，与预算相比如何，带来了什么？"),
    reading=Text(
        "Each bar is what a department spent in the months that have a budget, the mark its budget of the "
        "same days; dark bars are above it.",
        "每条为某部门在有预算月份的支出，竖线为同期预算；深色者超出预算。"),
    limits=Text(
        "That sales stand beside an expense does not say that it brought them; only where a campaign held "
        "somebody out can that be told. Budgets are for departments, campaigns and customers, not for "
        "employees. A campaign that began in these months is counted whole.",
        "销售额与费用并列，不等于由其带来；只有设对照组的活动才能断定。预算按部门、活动与客户设定，"
        "不按员工。期内开始的活动按整个活动计。"),
    columns=[
        Column("kind", Type.TEXT, Text("By", "分类方式"), codes=KINDS),
        Column("subject", Type.TEXT, Text("For", "对象"), codes={
            COMPANY: KINDS[COMPANY], NONE: Text("nothing in particular", "未指明")}),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("campaign_name", Type.TEXT, Text("Campaign name", "活动名称")),
        _money("spent", Text("Spent", "支出")),
        Column("items", Type.INTEGER, Text("Items", "笔数"), unit="count"),
        Column("unconverted", Type.INTEGER, Text("Items without a rate", "无汇率笔数"), unit="count",
               note=Text("In another currency, and not in what was spent.", "外币且无汇率，未计入支出。")),
        _money("budget", Text("Budget", "预算"), Text(
            "Of a month that is not over, the share of its days that have passed.",
            "未结束月份按已过天数折算。")),
        _money("spent_of_budget", Text("Spent in months with a budget", "有预算月份的支出")),
        _money("over", Text("Above the budget", "超预算")),
        Column("used", Type.NUMBER, Text("Share of the budget spent", "预算执行率"), unit="share"),
        _money("last_year", Text("A year before", "去年同期支出")),
        _money("sales", Text("What it brought, net sales", "带来的净销售额")),
        _money("sales_low", Text("Brought, at least", "带来额下限")),
        _money("sales_high", Text("Brought, at most", "带来额上限")),
        Column("known_by", Type.TEXT, Text("How that is known", "依据"), codes=KNOWN_BY),
        Column("per_spent", Type.NUMBER, Text("Brought for each unit spent", "每单位支出带来额")),
    ],
)  # fmt: skip
def expenses(  # noqa: PLR0917 - the tables that it is made from
    expense_items: ir.Table,
    planned_months: ir.Table,
    purchases: ir.Table,
    campaign_results: ir.Table,
    landed_campaigns: ir.Table,
    landed_staff: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    months: int = 12,
) -> ir.Table:
    """What was spent in the last `months` months, that of `as_of` among them, by what it was spent on.

    One row for the company, and one per department (cost centre), campaign, employee and customer on whom
    something was spent or for whom there was a budget; and of each kind one, without a name, for all else.
    The rows of each kind add up to that of the company: every amount of `expense_items`, and the cost of
    campaigns that no expense names, on the day on which they start. `budget` is that of `planned_months` for
    just this; `over` and `used` compare it with what was spent in the months that have one.

    `sales` is net of returns, in the same months: of goods that the customer bought, or the employee sold, or
    those employees whose department bears the name; of a campaign that held customers out, revenue beyond
    theirs with its 95 % interval (see `campaign_results`).
    """
    span = _Months(as_of, months)
    costs = checkpoint(_costs(expense_items, landed_campaigns, span))
    monthly = checkpoint(_monthly(costs))
    planned = planned_months.filter(planned_months.month.between(span.first, span.until))
    budgets = checkpoint(_budgets(planned.filter(planned.kind == "budgets"), monthly, span))
    spent = monthly.group_by("kind", "subject").agg(
        spent=monthly.spent.sum(), items=monthly["items"].sum(), unconverted=monthly.unconverted.sum(),
        last_year=monthly.last_year.sum(),
    )  # fmt: skip
    sales = checkpoint(_brought(purchases, planned, campaign_results, landed_staff, span))
    by = ["kind", "subject"]
    spine = spent.select(by).union(budgets.select(by), distinct=True)
    beside = spine.left_join(spent, by, rname="_{name}").left_join(budgets, by, rname="budget_{name}")
    beside = beside.left_join(sales, by, rname="sales_{name}")
    return _told(beside, landed_campaigns)


class _Months:
    """The months that count, and the same a year before."""

    def __init__(self, as_of: date, months: int) -> None:
        self.until = as_of
        back = as_of.year * 12 + as_of.month - months
        self.first = date(back // 12, back % 12 + 1, 1)

    def holds(self, day: ir.DateValue) -> ir.BooleanValue:
        return day.between(self.first, self.until)

    def held(self, day: ir.DateValue) -> ir.BooleanValue:
        """Whether it lies in these months a year before; of February the 29th, until the 28th."""
        last = self.until if (self.until.month, self.until.day) != (2, 29) else self.until - timedelta(days=1)
        return day.between(self.first.replace(year=self.first.year - 1), last.replace(year=last.year - 1))


def _costs(items: ir.Table, campaigns: ir.Table, span: _Months) -> ir.Table:
    """All that was spent, now and a year before, and what has no rate; each with what it was spent on."""
    spent = recorded_costs(items, campaigns)
    foreign = items.filter(items.amount.isnull()).select(*spent.columns)
    both = spent.union(foreign)
    counted = both.filter(span.holds(both.day) | span.held(both.day))
    return counted.select(*BY.values(), "amount", "day", now=span.holds(counted.day))


def _monthly(costs: ir.Table) -> ir.Table:
    """One row per kind, subject and month; what names nothing of a kind stands under no name."""
    parts = [(kind, costs[column].fill_null(NONE)) for kind, column in BY.items()]
    every = ibis.union(*(
        costs.select("amount", "day", "now", kind=ibis.literal(kind), subject=subject)
        for kind, subject in [*parts, (COMPANY, ibis.literal(COMPANY))]
    ))  # fmt: skip
    none, known = ibis.literal(0).cast(MONEY), every.amount.notnull()
    return every.group_by("kind", "subject", month=every.day.truncate("M")).agg(
        spent=every.amount.sum(where=every.now).fill_null(none).cast(MONEY),
        last_year=every.amount.sum(where=~every.now).fill_null(none).cast(MONEY),
        items=(every.now & known).sum(), unconverted=(every.now & ~known).sum(),
    )  # fmt: skip


def _budgets(planned: ir.Table, monthly: ir.Table, span: _Months) -> ir.Table:
    """The budget of each subject for the days that have passed, and what was spent in the same months."""
    kind = planned.subject_kind
    plain = ibis.ifelse(
        kind.isin([COMPANY, "customer"]), planned.subject, planned.subject.re_replace("^[a-z_]+:", "")
    )
    known = planned.filter(planned.planned.notnull() & kind.isin([COMPANY, *BY])).select(
        "month", "planned", kind=kind, subject=plain
    )
    last = date(span.until.year, span.until.month, 1)
    share = span.until.day / ((last + timedelta(days=32)).replace(day=1) - last).days
    part = rounded(known.planned.cast("float64") * share, 4).cast(MONEY)
    passed = known.mutate(budget=ibis.ifelse(known.month == ibis.date(last), part, known.planned))
    beside = passed.left_join(monthly, ["kind", "subject", "month"], rname="_{name}")
    return beside.group_by("kind", "subject").agg(
        budget=beside.budget.sum(), spent_of_budget=beside.spent.sum().fill_null(ibis.literal(0).cast(MONEY))
    )


def _brought(
    purchases: ir.Table, planned: ir.Table, results: ir.Table, staff: ir.Table, span: _Months
) -> ir.Table:
    """What stands beside each subject as what it brought, and how that is known."""
    goods = purchases.filter((purchases.kind == "goods") & span.holds(purchases.day))
    known = goods.filter(goods.customer_id.notnull())
    bought = known.group_by(subject=known.customer_id).agg(sales=known.amount.sum())
    plans = planned.filter((planned.kind == "plans") & (planned.subject_kind == "staff"))
    sold = plans.group_by(subject=plans.subject.re_replace("^staff:", "")).agg(sales=plans.actual.sum())
    whole = goods.aggregate(sales=goods.amount.sum()).mutate(subject=ibis.literal(COMPANY))
    sums = [
        _sales(bought, "customer", "bought"), _sales(sold, "staff", "sold"), _sales(whole, COMPANY, "all"),
        _sales(_by_department(sold, staff), "cost_centre", "department"), _lifts(results),
    ]  # fmt: skip
    return ibis.union(*sums)


def _sales(rows: ir.Table, kind: str, known_by: str) -> ir.Table:
    return rows.select(
        "subject", kind=ibis.literal(kind), sales=rows.sales.cast(MONEY), sales_low=ibis.null(MONEY),
        sales_high=ibis.null(MONEY), known_by=ibis.literal(known_by),
    )  # fmt: skip


def _by_department(sold: ir.Table, staff: ir.Table) -> ir.Table:
    """What the employees of each department sold; of an employee whom several sources name, the first."""
    of = staff.filter(staff.department.notnull()).group_by("staff_id").agg(
        department=lambda t: t.department.min()
    )  # fmt: skip
    beside = sold.inner_join(of, sold.subject == of.staff_id)
    return beside.group_by(subject=beside.department).agg(sales=beside.sales.sum())


def _lifts(results: ir.Table) -> ir.Table:
    """What each campaign brought beyond those held out of it; nothing where too few were."""
    revenue = results.filter((results.metric == "revenue") & results.total_low.notnull())
    summed = revenue.group_by(subject=revenue.campaign_id).agg(
        sales=revenue.total.sum(), sales_low=revenue.total_low.sum(), sales_high=revenue.total_high.sum()
    )
    money = {name: rounded(summed[name], 4).cast(MONEY) for name in ("sales", "sales_low", "sales_high")}
    return summed.select("subject", kind=ibis.literal("campaign"), **money, known_by=ibis.literal("lift"))


def _told(beside: ir.Table, campaigns: ir.Table) -> ir.Table:
    """The rows as they are shown, with the names of campaigns."""
    called = campaigns.group_by("campaign_id").agg(campaign_name=campaigns.name.min())
    named = beside.left_join(called, (beside.kind == "campaign") & (beside.subject == called.campaign_id))
    none = ibis.literal(0).cast(MONEY)
    spent, last_year = named.spent.fill_null(none), named.last_year.fill_null(none)
    customer = (named.kind == "customer") & (named.subject != NONE)
    used = named.spent_of_budget.cast("float64") / named.budget.cast("float64")
    per_spent = named.sales.cast("float64") / spent.cast("float64")
    return named.select(
        "kind", "subject", "campaign_name", "budget", "spent_of_budget", "sales", "sales_low", "sales_high",
        "known_by",
        customer_id=ibis.ifelse(customer, named.subject, ibis.null("string")),
        spent=spent, last_year=last_year,
        items=named["items"].fill_null(0), unconverted=named.unconverted.fill_null(0),
        over=(named.spent_of_budget - named.budget).cast(MONEY),
        used=ibis.ifelse(named.budget > 0, used, ibis.null("float64")),
        per_spent=ibis.ifelse(spent > 0, per_spent, ibis.null("float64")),
    )  # fmt: skip


@expenses.chart
def beside_budgets(rows: ir.Table) -> alt.LayerChart:
    """The departments that spend most, with a mark at each one's budget."""
    of = rows.filter((rows.kind == "cost_centre") & (rows.subject != NONE))
    most = of.order_by([of.spent.desc(), of.subject]).limit(_SHOWN).to_pandas()
    bar = most.spent_of_budget.where(most.budget.notna(), most.spent)
    frame = pd.DataFrame(
        {
            "department": most.subject, "spent": bar.astype(float), "budget": most.budget.astype(float),
            "above": (most.over.astype(float) > 0),
        }
    )  # fmt: skip
    title = {name: str(expenses[name].title) for name in ("spent", "budget")}
    base = alt.Chart(frame).encode(
        y=alt.Y("department:N", sort=list(frame.department), title=None),
        tooltip=[
            alt.Tooltip("department", title=str(KINDS["cost_centre"])),
            *(alt.Tooltip(f"{name}:Q", title=text, format=",.0f") for name, text in title.items()),
        ],
    )
    strong = alt.condition("datum.above", alt.value(1.0), alt.value(0.5))
    bars = base.mark_bar().encode(x=alt.X("spent:Q", title=title["spent"]), opacity=strong)
    return bars + base.mark_tick(thickness=2, size=18, color="black").encode(x="budget:Q")


@expenses.sentence
def spent_and_brought(rows: ir.Table, *, currency: str = "") -> Text:
    company = rows.filter(rows.kind == COMPANY).to_pandas()
    if company.empty:
        return Text("Nothing was spent in these months, or no expenses were imported.",
                    "期内没有支出，或尚未导入费用。")  # fmt: skip
    spent = formats.amount(float(company.spent.iloc[0]), currency)
    budgeted = rows.filter(rows.over.notnull() & (rows.kind == "cost_centre")).to_pandas()
    if budgeted.empty:
        return Text(f"{spent.en} was spent, and no department has a budget to hold it against.",
                    f"共支出 {spent.zh}，各部门均无预算可比。")  # fmt: skip
    above = budgeted.assign(over=budgeted.over.astype(float)).sort_values(["over", "subject"])
    worst, many = above.iloc[-1], int((above.over > 0).sum())
    if not many:
        return Text(f"{spent.en} was spent; none of {len(above)} departments is above its budget.",
                    f"共支出 {spent.zh}；{len(above)} 个部门均未超预算。")  # fmt: skip
    by = formats.amount(worst.over, currency)
    return Text(
        f"{spent.en} was spent; above budget: {many} of {len(above)} departments, {worst.subject} most, by "
        f"{by.en}.",
        f"共支出 {spent.zh}；{len(above)} 个部门中有 {many} 个超预算，{worst.subject}超出最多，达 {by.zh}。",
    )
