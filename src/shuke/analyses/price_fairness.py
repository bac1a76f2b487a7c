"""Price fairness: do customers who are alike get unlike terms, and with what reason?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shuke.analyses.rfm import TIERS
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

TREATMENTS = {
    "alike": Text("All alike", "一视同仁"),
    "reasoned": Text("Unlike, with a reason", "有差别，已说明理由"),
    "unreasoned": Text("Unlike, without a reason", "有差别，未说明理由"),
}


@table(
    key=("offer_id", "tier"),
    theme="price",
    title=Text("Fairness of prices", "价格公平"),
    about=Text(
        "Do customers who are alike get unlike terms, and with what reason?",
        "条件相近的客户是否受到差别对待？理由是什么？"),
    subject=None,
    first="-customers",
    reading=Text(
        "Each bar is the share of the customers of a tier who were given an offer. Red: some of them were "
        "and others were not, and nobody has said why.",
        "每根柱表示某层级客户中获得该优惠的比例。红色表示同层级客户待遇不同且未说明理由。"),
    limits=Text(
        "Alike are here customers of one tier of the table rfm; a law may draw the line elsewhere. Who was "
        "held out of a campaign to prove its effect counts as not offered.",
        "此处以 rfm 表的客户层级作为“条件相近”的标准，法律标准可能不同。"
        "为评估效果而留作对照的客户计为未获得优惠。"),
    columns=[
        Column("offer_id", Type.TEXT, Text("Offer", "优惠编号")),
        Column("offer_name", Type.TEXT, Text("Offer name", "优惠名称")),
        Column("tier", Type.TEXT, Text("Tier", "客户层级"), codes=TIERS),
        Column("treatment", Type.TEXT, Text("Treatment", "对待方式"), codes=TREATMENTS),
        Column("customers", Type.INTEGER, Text("Customers of the tier", "层级客户数"), unit="count"),
        Column("offered", Type.INTEGER, Text("Were offered it", "获得优惠人数"), unit="count"),
        Column("share", Type.NUMBER, Text("Share", "比例"), unit="share"),
        Column("reason", Type.TEXT, Text("Reason", "理由")),
        Column("is_automated", Type.FLAG, Text("Chosen by a model", "由模型选择")),
    ],
)  # fmt: skip
def price_fairness(
    landed_offers: ir.Table, landed_coupons: ir.Table, identities: ir.Table, rfm: ir.Table
) -> ir.Table:
    """How evenly each offer was made to customers who are alike (PIPL article 24).

    One row per offer and tier of the table `rfm` in which somebody was offered it. Offered it is who was
    given a coupon for it. `treatment` is `alike` where all of the tier were, else `reasoned` where the
    offer says why only some are, and else `unreasoned`.
    """
    given = landed_coupons.filter(landed_coupons.offer_id.notnull()).select(
        "offer_id", record=record_of(landed_coupons)
    )
    owned = given.inner_join(identities.select("record", "customer_id"), "record")
    reached = owned.select("offer_id", "customer_id").distinct()
    tiered = reached.inner_join(rfm.select("customer_id", "tier"), "customer_id")
    offered = tiered.group_by("offer_id", "tier").agg(offered=tiered.count())
    whole = rfm.group_by("tier").agg(customers=rfm.count())
    terms = landed_offers.select("offer_id", "offer_name", "reason", "is_automated")
    told = offered.inner_join(whole, "tier").inner_join(terms, "offer_id")
    treatment = ibis.cases(
        (told.offered == told.customers, "alike"), (told.reason.notnull(), "reasoned"), else_="unreasoned"
    )
    return told.mutate(treatment=treatment, share=told.offered / told.customers)


@price_fairness.chart
def shares_offered(frame: pd.DataFrame) -> alt.Chart:
    titled = frame.assign(
        tier=[str(TIERS[code]) for code in frame.tier],
        treatment=[str(TREATMENTS[code]) for code in frame.treatment],
        offer=frame.offer_name.fillna(frame.offer_id),
    )
    titles = [str(title) for title in TREATMENTS.values()]
    colour = alt.Scale(domain=titles, range=["#54a24b", "#4c78a8", "#e45756"])
    return (
        alt.Chart(titled)
        .mark_bar()
        .encode(
            y=alt.Y("tier:N", sort=[str(title) for title in TIERS.values()], title=None),
            yOffset=alt.YOffset("offer:N"),
            x=alt.X("share:Q", title=str(price_fairness["share"].title), axis=alt.Axis(format=".0%")),
            color=alt.Color("treatment:N", title=None, scale=colour),
            tooltip=[
                alt.Tooltip("offer", title=str(price_fairness["offer_name"].title)),
                alt.Tooltip("tier", title=str(price_fairness["tier"].title)),
                alt.Tooltip("share:Q", title=str(price_fairness["share"].title), format=".1%"),
                alt.Tooltip("reason", title=str(price_fairness["reason"].title)),
            ],
        )
    )


@price_fairness.sentence
def how_fair(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text("No offer was given to single customers.", "尚未向个别客户发放优惠。")
    unlike = frame[frame.treatment == "unreasoned"].offer_id.nunique()
    every = frame.offer_id.nunique()
    if not unlike:
        return Text(
            f"Of {every:,} offers none gives customers of one tier unlike terms without a reason.",
            f"{every:,} 项优惠均未在无理由的情况下差别对待同层级客户。",
        )
    return Text(
        f"{unlike:,} of {every:,} offers give customers of one tier unlike terms, and nobody has said why.",
        f"{every:,} 项优惠中有 {unlike:,} 项对同层级客户待遇不同，且未说明理由。",
    )
