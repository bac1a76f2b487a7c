"""Receivables: who owes how much, for how long, and how do they usually pay?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.complaints import ANSWERED, UNANSWERED, pattern, together
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.payment_allocation import AGES
from shuke.tables.records import record_of

#: In the kind, topic or text of what a customer says: an invoice is disputed.
DISPUTE = (
    "dispute", "wrong invoice", "incorrect invoice", "invoice error", "invoice is wrong", "billing error",
    "overcharge", "charged twice", "争议", "对账不符", "账单有误", "账单错误", "发票有误", "发票错误",
    "开票错误", "多收", "重复收费", "拒付",
)  # fmt: skip

#: From not yet due to the longest overdue.
BUCKETS: dict[str, Text] = {
    "not_due": Text("Not due", "未到期"),
    "overdue_30": Text("Overdue 1 to 30 days", "逾期 1 至 30 天"),
    "overdue_60": Text("Overdue 31 to 60 days", "逾期 31 至 60 天"),
    "overdue_90": Text("Overdue 61 to 90 days", "逾期 61 至 90 天"),
    "overdue_more": Text("Overdue for longer", "逾期 90 天以上"),
}

_MONEY = Type.MONEY.ibis
_NONE = ibis.literal(0).cast(_MONEY)


def _money(name: str, en: str, zh: str, note: Text | None = None) -> Column:
    return Column(name, Type.MONEY, Text(en, zh), unit="currency", note=note)


@table(
    key=("customer_id", "currency"),
    first="-balance",
    theme="money",
    title=Text("Receivables", "应收账款"),
    about=Text("Who owes how much, for how long, and how do they usually pay?",
               "谁欠多少、欠了多久？平时如何付款？"),
    reading=Text(
        "Each bar is what is open in one age, in the currency in which most is open.",
        "每条为某一账龄的未收金额（未收最多的币种）。"),
    limits=Text(
        "Days sales outstanding swing with the sales of the last months: a slow season raises them though "
        "nobody pays "
        "later. Disputes are found by words. What nobody who is known owes is not here.",
        "应收周转天数随近月销售波动，淡季会上升而付款并未变慢。争议按词语识别。不知属于谁的欠款不在此列。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("currency", Type.TEXT, Text("Currency", "币种")),
        _money("balance", "Balance", "余额", Text(
            "Invoices less credit notes and payments; below zero: paid ahead.",
            "发票减贷项与收款；负数为预收。")),
        *(Column(name, Type.MONEY, title, unit="currency") for name, title in BUCKETS.items()),
        _money("unused", "Credit not yet used", "未核销的预收与贷项", Text(
            "Below zero: paid back, and owed again on no invoice.", "负数为已退款而无对应发票的欠款。")),
        Column("oldest_due", Type.DATE, Text("Open since (oldest due day)", "最早到期日")),
        Column("dso", Type.NUMBER, Text("Days sales outstanding", "应收周转天数（DSO）"), unit="day",
               note=Text("Balance over what was invoiced in the days before, times those days; empty where "
                         "nothing was invoiced.", "余额除以近期开票额乘以天数；无开票时为空。")),
        Column("paid_invoices", Type.INTEGER, Text("Invoices paid", "已付清发票数"), unit="count"),
        Column("on_time", Type.NUMBER, Text("Share paid on time", "按期付清比例"), unit="share"),
        Column("mean_days_late", Type.NUMBER, Text("Days late on average", "平均逾期天数"), unit="day"),
        Column("mean_days_to_pay", Type.NUMBER, Text("Days from invoice to payment", "平均付款天数"),
               unit="day"),
        Column("disputes", Type.INTEGER, Text("Disputes without an answer", "未解决的争议"), unit="count"),
        Column("last_dispute", Type.DATE, Text("Last dispute", "最近争议")),
    ],
)  # fmt: skip
def receivables(
    receivable_entries: ir.Table,
    invoice_settlements: ir.Table,
    landed_interactions: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    dso_days: int = 90,
    dispute: tuple[str, ...] = DISPUTE,
) -> ir.Table:
    """What each customer owes in each currency, by age, and how they paid so far.

    One row per known customer and currency with an entry up to `as_of`. `balance` is the sum of
    `receivable_entries`; it is what is open in the five ages less `unused`, which no invoice has taken up.
    An invoice without a due day is due on the day of issue, one without either is not due. Habits are
    those of invoices paid in full: `on_time` by the due day. Days sales outstanding: balance / invoiced in
    `dso_days` days × `dso_days`. A dispute is an interaction with one of the words `dispute` that nobody has
    settled (see `complaints`); it counts in every currency.
    """
    entries = receivable_entries.filter(receivable_entries.customer_id.notnull())
    past = entries.filter(entries.day.isnull() | (entries.day <= ibis.date(as_of)))
    lately = (past.day > ibis.date(as_of - timedelta(days=dso_days))) & (past.entry == "invoice")
    owed = past.group_by("customer_id", "currency").agg(
        balance=past.amount.sum().cast(_MONEY), invoiced=past.amount.sum(where=lately)
    )
    keys = ["customer_id", "currency"]
    told = owed.left_join(_ages(invoice_settlements), keys, rname="aged_{name}")
    told = told.left_join(_habits(invoice_settlements), keys, rname="paid_{name}")
    asked = _disputes(landed_interactions, identities, as_of=as_of, zone=zone, words=dispute)
    told = told.left_join(asked, "customer_id", rname="asked_{name}")
    buckets = {name: told[name].fill_null(_NONE).cast(_MONEY) for name in BUCKETS}
    first, *rest = buckets.values()
    whole = first
    for each in rest:
        whole += each
    turned = told.balance.cast("float64") / told.invoiced.cast("float64") * dso_days
    return told.select(
        *keys, "balance", "oldest_due", "on_time", "mean_days_late", "mean_days_to_pay", "last_dispute",
        **buckets, unused=(whole - told.balance).cast(_MONEY),
        dso=ibis.ifelse((told.invoiced > 0) & (told.balance >= 0), turned, ibis.null("float64")),
        paid_invoices=told.paid_invoices.fill_null(0), disputes=told.disputes.fill_null(0),
    )  # fmt: skip


def _ages(invoices: ir.Table) -> ir.Table:
    """What is open of each customer's invoices, by age."""
    open_ = invoices.filter((invoices.open_amount > 0) & invoices.customer_id.notnull())
    late = open_.days_late.fill_null(0)
    in_age = {
        name: open_.open_amount.sum(where=(late >= low) & (late <= high) if high else late >= low)
        for name, (low, high) in AGES.items()
    }
    return open_.group_by("customer_id", "currency").agg(
        not_due=open_.open_amount.sum(where=late <= 0), **in_age,
        oldest_due=ibis.coalesce(open_.due, open_.issued).min(),
    )  # fmt: skip


def _habits(invoices: ir.Table) -> ir.Table:
    paid = invoices.filter(invoices.settled_on.notnull() & invoices.customer_id.notnull())
    took = paid.settled_on.delta(paid.issued, unit="day")
    return paid.group_by("customer_id", "currency").agg(
        paid_invoices=paid.count(), on_time=(paid.days_late <= 0).cast("float64").mean(),
        mean_days_late=paid.days_late.cast("float64").mean(), mean_days_to_pay=took.cast("float64").mean(),
    )  # fmt: skip


def _disputes(
    interactions: ir.Table, identities: ir.Table, *, as_of: date, zone: str, words: tuple[str, ...]
) -> ir.Table:
    """Disputes that nobody has settled, of each customer."""
    named = interactions.mutate(record=record_of(interactions), day=to_local(interactions["at"], zone).date())
    known = named.inner_join(identities.select("record", "customer_id"), "record")
    past = known.filter(known.day <= ibis.date(as_of))
    about, became = together(past, "kind", "topic", "text"), together(past, "status", "outcome")
    settled = became.re_search(pattern(ANSWERED)) & ~became.re_search(pattern(UNANSWERED))
    open_ = past.filter(about.re_search(pattern(words)) & ~settled)
    return open_.group_by("customer_id").agg(disputes=open_.count(), last_dispute=open_.day.max())


@receivables.chart
def ages(rows: ir.Table) -> alt.Chart:
    frame = _totals(rows)
    most = frame.iloc[0]
    amounts = [float(most[name]) for name in BUCKETS]
    shown = pd.DataFrame({"age": [str(title) for title in BUCKETS.values()], "amount": amounts})
    title = str(Text(f"Open, in {most.currency}", f"未收金额（{most.currency}）"))
    return (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("age:N", sort=list(shown.age), title=None),
            x=alt.X("amount:Q", title=title),
            tooltip=[alt.Tooltip("age", title=str(Text("Age", "账龄"))),
                     alt.Tooltip("amount:Q", title=title, format=",.2f")],
        )
    )  # fmt: skip


@receivables.sentence
def who_owes(rows: ir.Table) -> Text:
    """In the currency in which most is open."""
    frame = _totals(rows)
    if frame.empty:
        return Text("Nobody owes anything.", "没有应收账款。")
    most = frame.iloc[0]
    total = sum(float(most[name]) for name in BUCKETS)
    if not total:
        return Text("Every invoice is paid.", "所有发票均已收清。")
    late, old = total - float(most.not_due), float(most.overdue_more)
    told = formats.amount(total, most.currency)
    return Text(
        f"{told.en} are open with {most.debtors:,} customers; {late / total:.0%} of it is overdue, "
        f"{old / total:.0%} for "
        f"more than 90 days.",
        f"{most.debtors:,} 位客户共欠 {told.zh}；其中 {late / total:.0%} 已逾期，{old / total:.0%} "
        f"逾期超过 90 天。",
    )


def _totals(rows: ir.Table) -> pd.DataFrame:
    """What is open in each currency, most first."""
    summed = rows.group_by("currency").agg(
        **{name: rows[name].sum() for name in BUCKETS}, debtors=(rows.balance > 0).sum()
    )
    frame = summed.to_pandas()
    open_ = frame[list(BUCKETS)].astype(float).sum(axis=1)
    return frame.assign(open=open_).sort_values(["open", "currency"], ascending=[False, True])
