"""Campaign arms: who was to be treated by a campaign, and who was held out of it?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

TREATED, CONTROL, GLOBAL = "treated", "control", "global"

#: The status of a touch that came back for good.
BOUNCED = "bounced"

ARMS = {
    TREATED: Text("Treated", "实验组"),
    CONTROL: Text("Control", "对照组"),
    GLOBAL: Text("Held out of all campaigns", "全局对照组"),
}

#: What companies call those whom they left alone on purpose.
_CONTROL_WORDS = (
    CONTROL, "control group", "ctrl", "holdout", "hold-out", "hold out", "holdout group",
    "no mail", "no e-mail", "no email", "not mailed", "kontrolle", "kontrollgruppe", "témoin", "contrôle",
    "对照", "对照组", "空白组", "留白组", "保留组", "対照", "対照群",
)  # fmt: skip


@table(
    key=("source", "campaign_id", "customer_id"),
    theme="measures",
    title=Text("Arms of campaigns", "活动分组"),
    about=Text("Who was treated by a campaign, and who was held out?", "活动触达了谁，又留出了谁作对照？"),
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("arm", Type.TEXT, Text("Arm", "组别"), codes=ARMS, note=Text(
            "`treated`, `control`, or `global`: held out of all campaigns.",
            "`treated` 实验组，`control` 对照组，`global` 全局对照组。")),
        Column("stratum", Type.TEXT, Text("Stratum", "分层")),
        Column("assigned_day", Type.DATE, Text("Assigned", "分组日期"), note=Text(
            "Of the first touch; empty where no touch has a day.", "首次触达日期；均无日期时为空。")),
        Column("contaminated", Type.FLAG, Text("In two arms", "跨组"), note=Text(
            "Two records that are one customer by now were in unlike arms; the earlier counts.",
            "合并后的客户曾分属不同组别，以较早者为准。")),
        Column("delivered", Type.FLAG, Text("Delivered", "已送达")),
        Column("opened", Type.FLAG, Text("Opened", "已打开")),
        Column("clicked", Type.FLAG, Text("Clicked", "已点击")),
    ],
)  # fmt: skip
def campaign_arms(landed_touches: ir.Table, identities: ir.Table, *, zone: str) -> ir.Table:
    """Every customer of a campaign that held somebody out, with the arm that they were first assigned to.

    One row per source, campaign and customer. A touch whose group says control (in one of the words that
    companies have for it) is of the `control` arm, any other group of the `treated` one; touches without a
    group, and campaigns in which nobody was held out, are left out. Customers stay in the arm of their
    earliest touch, whatever was delivered: what comes of a campaign is told by intention to treat.
    """
    grouped = landed_touches.filter(landed_touches.group.notnull() & landed_touches.campaign_id.notnull())
    named = grouped.select(
        "source", "campaign_id", "stratum", "key", record=record_of(grouped), moment=grouped["at"],
        arm=arm_of(grouped.group),
        delivered=grouped.delivered_at.notnull() & (grouped.status.fill_null("") != BOUNCED),
        opened=grouped.opened_at.notnull(),
        clicked=grouped.clicked_at.notnull(),
    )  # fmt: skip
    owned = named.inner_join(identities.select("record", "customer_id"), "record")
    experiments = owned.filter(owned.arm == CONTROL).select("source", "campaign_id").distinct()
    of_experiments = owned.semi_join(experiments, ["source", "campaign_id"])
    keys = ("source", "campaign_id", "customer_id")
    seen = of_experiments.group_by(*keys).agg(
        **{name: of_experiments[name].any() for name in ("delivered", "opened", "clicked")}
    )
    first = first_assigned(of_experiments, by=keys, then="key")
    known = first.inner_join(seen, keys)
    return known.mutate(assigned_day=to_local(known.moment, zone).date())


def arm_of(group: ir.StringValue) -> ir.StringValue:
    """The arm that a group's name means."""
    told = group.strip().lower()
    return ibis.cases((told.isin(_CONTROL_WORDS), CONTROL), (told == GLOBAL, GLOBAL), else_=TREATED)


def first_assigned(rows: ir.Table, *, by: tuple[str, ...], then: str) -> ir.Table:
    """Of each `by` the first row by `moment`, those without one last; of equals the least `then`.

    `contaminated` where other rows of it are of another `arm`.
    """
    late = rows.moment.isnull()
    in_turn = ibis.window(group_by=by, order_by=[late, rows.moment, rows[then]])
    ranked = rows.mutate(
        nth=ibis.row_number().over(in_turn),
        contaminated=rows.arm.min().over(ibis.window(group_by=by))
        != rows.arm.max().over(ibis.window(group_by=by)),
    )
    return ranked.filter(ranked.nth == 0).select(*by, "arm", "stratum", "moment", "contaminated")
