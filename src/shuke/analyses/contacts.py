"""Contacts: which department, person and channel gets in touch with customers, and do these buy upon it?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table

BY: dict[str, Text] = {
    "all": Text("All", "全部"),
    "department": Text("Department", "部门"),
    "staff_id": Text("Employee", "员工"),
    "channel": Text("Channel", "渠道"),
}
NONE = {"all": Text("all", "全部"), "": Text("not recorded", "未登记")}


@table(
    key=("by", "value"),
    first="-contacts",
    theme="feeling",
    title=Text("Contacts by department, person and channel", "按部门、人员与渠道的主动联系"),
    about=Text(
        "Which department, person and channel gets in touch with customers, and do these buy upon it?",
        "哪些部门、人员与渠道主动联系客户？客户随后购买吗？"),
    reading=Text(
        "Each bar counts the contacts of a year that a department, person or channel began; its colour tells "
        "how often the customer bought within 30 days.",
        "每条为一年内由该部门、人员或渠道发起的联系数，颜色为客户 30 天内购买的比例。"),
    limits=Text(
        "Who buys after a contact may have bought without it, and good sellers may be given good customers: "
        "this "
        "is no measure of anybody's skill. What contact brings is in contact_effect.",
        "联系后购买者未联系也可能购买，且优秀员工可能分得优质客户：此表不衡量个人能力。联系的效果见 "
        "contact_effect。"),
    subject=None,
    columns=[
        Column("by", Type.TEXT, Text("By", "分组"), codes=BY),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=NONE),
        Column("contacts", Type.INTEGER, Text("Contacts in a year", "一年主动联系"), unit="count"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("each", Type.NUMBER, Text("Contacts a customer", "人均联系次数")),
        Column("recent", Type.INTEGER, Text("In the last 90 days", "最近 90 天"), unit="count"),
        Column("followed", Type.INTEGER, Text("Followed for 30 days", "已观察 30 天"), unit="count"),
        Column("bought", Type.INTEGER, Text("Bought within 30 days", "30 天内购买"), unit="count"),
        Column("share", Type.NUMBER, Text("Share that bought", "购买比例"), unit="share"),
        Column("low", Type.NUMBER, Text("Share, at least", "比例下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Share, at most", "比例上限"), unit="share"),
    ],
)  # fmt: skip
def contacts(own_contacts: ir.Table, purchases: ir.Table, *, as_of: date) -> ir.Table:
    """The contacts of the last 365 days that the company began, by department, employee and channel.

    One row for all of them and one per department, employee and channel; what is not recorded is empty. A
    contact was followed by a purchase where the customer bought goods within 30 days after its day, of those
    that are at least as old; the interval is Wilson's (1927).
    """
    age = ibis.literal(as_of).delta(own_contacts.day, unit="day")
    year = own_contacts.filter(age < 365)
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return)
    after = year.inner_join(goods.select("customer_id", bought_on="day").distinct(), "customer_id")
    near = after.filter(after.bought_on.delta(after.day, unit="day").between(1, 30))
    came = near.select("contact_id", came=True).distinct()
    told = year.left_join(came, "contact_id").drop("contact_id_right")
    old = told.mutate(age=ibis.literal(as_of).delta(told.day, unit="day"), all=ibis.literal("all"))
    parts = [
        old.group_by(by=ibis.literal(name), value=old[name].fill_null("")).agg(
            contacts=old.count(), customers=old.customer_id.nunique(), recent=(old.age < 90).sum(),
            followed=(old.age >= 30).sum(), bought=((old.age >= 30) & old.came.fill_null(False)).sum(),
        )
        for name in BY
    ]  # fmt: skip
    counts = ibis.union(*parts)
    counts = counts.filter(counts.contacts > 0)
    ends = wilson(counts.bought, counts.followed)
    return counts.mutate(
        each=counts.contacts / counts.customers, share=counts.bought / counts.followed.nullif(0),
        low=ends.low, high=ends.high,
    )  # fmt: skip


@contacts.chart
def contact_bars(frame: pd.DataFrame) -> alt.Chart:
    told = frame[frame.by != "all"].sort_values(["by", "contacts"], ascending=[True, False])
    best = told.groupby("by").head(10)
    names = [f"{BY[row.by]}: {NONE.get(row.value, row.value)}" for row in best.itertuples()]
    title = {column.name: str(column.title) for column in contacts.columns}
    bars: alt.Chart = alt.Chart(best.assign(called=names)).mark_bar().encode(
        y=alt.Y("called:N", sort=names, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("contacts:Q", title=title["contacts"]),
        color=alt.Color("share:Q", title=title["share"], legend=alt.Legend(format=".0%")),
        tooltip=["called", alt.Tooltip("contacts:Q", title=title["contacts"]),
                 alt.Tooltip("share:Q", title=title["share"], format=".0%")],
    )  # fmt: skip
    return bars


@contacts.sentence
def contact_sentence(frame: pd.DataFrame) -> Text:
    whole = frame[frame.by == "all"]
    if whole.empty:
        return Text("No contact that we began has been recorded in a year.", "一年内没有主动联系的记录。")
    row = whole.iloc[0]
    share = (
        Text(f"; {row.share:.0%} bought within 30 days (between {row.low:.0%} and {row.high:.0%})",
             f"；其中 {row.share:.0%} 在 30 天内购买（区间 {row.low:.0%}–{row.high:.0%}）")
        if pd.notna(row.share) else Text("", "")
    )  # fmt: skip
    return Text(
        f"In a year we got in touch with {row.customers:,} customers {row.contacts:,} times{share.en}.",
        f"一年内主动联系 {row.customers:,} 位客户 {row.contacts:,} 次{share.zh}。",
    )
