"""Expected payments: when will each open invoice be paid?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.grades import Grade, Measure

BASES: dict[str, Text] = {
    "own": Text("The customer's own habit", "客户自身习惯"),
    "all": Text("The habit of all customers", "全体客户习惯"),
    "none": Text("Nobody who was so late has paid", "从无逾期如此之久而付款者"),
}

#: Under whom the habit of all customers stands.
_ALL = ""

#: Shares of the paid invoices by which the earliest, the expected and the latest day are told.
_SHARES = {"earliest": 0.1, "expected": 0.5, "latest": 0.9}


@table(
    key="invoice",
    first="expected",
    theme="money",
    title=Text("Expected payments", "预计回款"),
    about=Text("When will each open invoice be paid?", "每张未收发票预计何时收回？"),
    reading=Text(
        "Each bar is the money expected in a week, by the habit that it rests on.",
        "每条为该周预计收回的金额，按所依据的付款习惯着色。"),
    limits=Text(
        "Who pays as ever is foretold; a dispute or a bankruptcy is not. Invoices that never were paid are "
        "no part "
        "of a habit, so that the days are rather too early. Without a due day the day of issue stands for "
        "it.",
        "预测以过往付款习惯为准，无法预见争议或破产。从未付清的发票不计入习惯，故日期可能偏早；"
        "无到期日者以开票日代替。"),
    columns=[
        Column("invoice", Type.TEXT, Text("Invoice", "发票")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("currency", Type.TEXT, Text("Currency", "币种")),
        Column("open_amount", Type.MONEY, Text("Still open", "未收金额"), unit="currency"),
        Column("due", Type.DATE, Text("Due", "到期日期")),
        Column("days_late", Type.INTEGER, Text("Days overdue so far", "已逾期天数"), unit="day", note=Text(
            "Below zero: days until it is due.", "负数为距到期天数。")),
        Column("expected", Type.DATE, Text("Expected on", "预计收回日")),
        Column("earliest", Type.DATE, Text("Not before", "最早")),
        Column("latest", Type.DATE, Text("Not after", "最晚"), note=Text(
            "Four in five are paid between the two days.", "五分之四在两日之间付清。")),
        Column("basis", Type.TEXT, Text("By which habit", "依据"), codes=BASES),
        Column("paid_invoices", Type.INTEGER, Text("Invoices it rests on", "依据的发票数"), unit="count"),
    ],
)  # fmt: skip
def expected_payments(invoice_settlements: ir.Table, *, least_own: int = 5, least_all: int = 20) -> ir.Table:
    """The day on which each open invoice is likely to be paid in full, by how late others were that waited.

    One row per invoice of which something is open. Among the paid invoices of the customer that were paid
    later than this one is today, the median of the days late, added to the due day, is `expected`; the
    tenth and the ninetieth percentile are `earliest` and `latest`. Where the customer has fewer than
    `least_own` such invoices it is those of all customers, and without `least_all` of those nothing is
    expected. (The residual life of a payment, given that it has not come yet.)
    """
    day = ibis.coalesce(invoice_settlements.due, invoice_settlements.issued)
    dated = invoice_settlements.filter(day.notnull() & invoice_settlements.days_late.notnull())
    paid = dated.filter(dated.settled_on.notnull())
    mine = paid.filter(paid.customer_id.notnull())
    habits = mine.select("days_late", habit="customer_id").union(
        paid.select("days_late", habit=ibis.literal(_ALL))
    )
    counted = habits.group_by("habit", "days_late").agg(n=habits.count())
    waiting = invoice_settlements.filter(invoice_settlements.open_amount > 0)
    open_ = waiting.mutate(so_late=waiting.days_late, base_day=ibis.coalesce(waiting.due, waiting.issued))
    asked = open_.select("so_late", habit="customer_id").union(
        open_.select("so_late", habit=ibis.literal(_ALL))
    ).distinct()  # fmt: skip
    told = _quantiles(asked, counted)
    own = told.filter((told.habit != _ALL) & (told.paid_invoices >= least_own))
    every = told.filter((told.habit == _ALL) & (told.paid_invoices >= least_all)).drop("habit")
    beside = open_.left_join(own, [("customer_id", "habit"), "so_late"], rname="own_{name}")
    both = beside.left_join(every, "so_late", rname="all_{name}")
    has_own, has_all = both.expected.notnull(), both.all_expected.notnull()
    days = {
        name: both.base_day + ibis.coalesce(both[name], both[f"all_{name}"]).cast("int32").as_interval("D")
        for name in _SHARES
    }
    return both.select(
        "invoice", "customer_id", "currency", "open_amount", "due", "days_late", **days,
        basis=ibis.cases((has_own, "own"), (has_all, "all"), else_="none"),
        paid_invoices=ibis.coalesce(both.paid_invoices, both.all_paid_invoices, 0),
    )  # fmt: skip


def _quantiles(asked: ir.Table, counted: ir.Table) -> ir.Table:
    """Of each habit, and of what is `so_late`: how late those were paid that were later still, by "
    "`_SHARES`."""
    later = asked.inner_join(counted, "habit").filter(lambda t: t.days_late > t.so_late)
    keys = ["habit", "so_late"]
    so_far = ibis.cumulative_window(group_by=keys, order_by="days_late")
    running = later.mutate(
        through=later.n.sum().over(so_far), total=later.n.sum().over(ibis.window(group_by=keys))
    )
    return running.group_by(*keys).agg(
        paid_invoices=running.total.max(),
        **{
            name: running.days_late.min(where=running.through.cast("float64") >= share * running.total)
            for name, share in _SHARES.items()
        },
    )


@expected_payments.chart
def by_week(rows: ir.Table) -> alt.Chart:
    """The twelve weeks ahead, in the currency in which most is open."""
    told = rows.filter(rows.expected.notnull())
    weekly = told.group_by("currency", "basis", week=told.expected.truncate("W")).agg(
        amount=told.open_amount.sum()
    )
    frame = weekly.to_pandas().assign(amount=lambda f: f.amount.astype(float))
    most = frame.groupby("currency").amount.sum().sort_values().index[-1:]
    shown = frame[frame.currency.isin(most)].sort_values(["week", "basis"])
    weeks = sorted(shown.week.unique())[:12]
    shown = shown[shown.week.isin(weeks)].assign(
        week=lambda f: pd.to_datetime(f.week), basis=lambda f: [str(BASES[b]) for b in f.basis]
    )
    return (
        alt.Chart(shown[["week", "basis", "amount"]])
        .mark_bar()
        .encode(
            x=alt.X("yearmonthdate(week):O", title=str(Text("Week from", "周起始日"))),
            y=alt.Y("amount:Q", title=str(Text("Expected", "预计收回"))),
            color=alt.Color("basis:N", title=None),
            tooltip=[alt.Tooltip("basis", title=str(expected_payments["basis"].title)),
                     alt.Tooltip("amount:Q", format=",.0f", title=str(Text("Expected", "预计收回")))],
        )
    )  # fmt: skip


@expected_payments.sentence
def coming_in(frame: pd.DataFrame) -> Text:
    """In the currency in which most is open."""
    if frame.empty:
        return Text("No invoice is open.", "没有未收发票。")
    amounts = frame.assign(amount=frame.open_amount.astype(float))
    currency = amounts.groupby("currency").amount.sum().sort_values().index[-1]
    own = amounts[amounts.currency == currency]
    known = own[own.expected.notna()]
    total, silent = formats.amount(own.amount.sum(), currency), len(own) - len(known)
    if known.empty:
        return Text(f"{total.en} are open on {len(own):,} invoices; too few were ever paid to tell when "
                    f"they come in.",
                    f"{len(own):,} 张发票共 {total.zh} 未收；付清过的发票太少，无法预计回款日。")  # fmt: skip
    ordered = known.assign(day=pd.to_datetime(known.expected)).sort_values(["day", "invoice"])
    half = ordered[ordered.amount.cumsum() >= ordered.amount.sum() / 2].day.iloc[0]
    return Text(
        f"{total.en} are open on {len(own):,} invoices; half of what can be expected should be in by "
        f"{half.day} {half:%B %Y}; of {silent:,} nobody can tell.",
        f"{len(own):,} 张发票共 {total.zh} 未收；可预计部分的一半应在 {half.year} 年 {half.month} 月 "
        f"{half.day} 日前收回，"
        f"另有 {silent:,} 张无法预计。",
    )


@expected_payments.grade
def paid_when_expected(
    expected_payments: ir.Table, invoice_settlements: ir.Table, *, at: date, until: date
) -> Grade:
    """By how many days the day was missed of what was paid, beside the due day; and how often it lay "
    "within."""
    paid = invoice_settlements.filter(
        (invoice_settlements.settled_on > at) & (invoice_settlements.settled_on <= until)
    ).select("invoice", came="settled_on")
    told = expected_payments.filter(expected_payments.expected.notnull()).inner_join(paid, "invoice")
    due = ibis.greatest(ibis.coalesce(told.due, told.expected), ibis.literal(at))
    within = (told.came >= told.earliest) & (told.came <= told.latest)
    figures = told.aggregate(
        n=told.count(), missed=told.came.delta(told.expected, unit="day").abs().mean(),
        naive=told.came.delta(due, unit="day").abs().mean(), within=within.cast("float64").mean(),
    ).to_pandas().iloc[0]  # fmt: skip
    if not figures.n:
        raise NotEnoughData(N_("None of the open invoices was paid by {day}."), day=until)
    days, inside = Text("Days missed by", "日期平均误差"), Text("Paid within the range", "落在区间内")
    missed, naive, share = float(figures.missed), float(figures.naive), float(figures.within)
    return Grade(
        subjects=int(figures.n),
        measures=(
            Measure(name="mae_days", title=days, value=missed, naive=naive, better="lower", unit="day"),
            Measure(name="within", title=inside, value=share, naive=0.8, better="near", unit="share"),
        ),
        sentence=Text(
            f"Of {int(figures.n):,} open invoices that were paid, the expected day was missed by "
            f"{missed:.0f} days, the due day by {naive:.0f}; {share:.0%} were paid "
            f"within the range, 80% were to be.",
            f"已付清的 {int(figures.n):,} 张发票，预计日平均误差 {missed:.0f} 天，到期日误差 {naive:.0f} 天；"
            f"{share:.0%} 落在区间内（应为 80%）。",
        ),
    )
