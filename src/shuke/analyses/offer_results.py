"""Offer results: how many of the coupons of each offer were redeemed, and what did they cost?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.offers import KINDS


@table(
    key="offer_id",
    theme="measures",
    title=Text("Results of offers", "优惠成效"),
    about=Text(
        "How many of the coupons of each offer were redeemed, and what did they cost?",
        "每项优惠的券核销了多少？花了多少成本？"),
    subject=None,
    first="-issued",
    reading=Text(
        "Each bar is the share of an offer's coupons that were redeemed; the line on it is the range in "
        "which the true share lies, 95 times in 100.",
        "每根柱表示该优惠的核销率，条上的线为其 95% 区间。"),
    limits=Text(
        "Who redeems a coupon might have bought without it. What an offer changed is told by the table "
        "campaign_results, where a campaign held somebody out.",
        "核销者可能本来就会购买。优惠带来的变化请看设有对照组的活动效果表（campaign_results）。"),
    columns=[
        Column("offer_id", Type.TEXT, Text("Offer", "优惠编号")),
        Column("offer_name", Type.TEXT, Text("Offer name", "优惠名称")),
        Column("offer_kind", Type.TEXT, Text("Kind", "类型"), codes=KINDS),
        Column("issued", Type.INTEGER, Text("Coupons given out", "发放张数"), unit="count"),
        Column("redeemed", Type.INTEGER, Text("Redeemed", "核销张数"), unit="count"),
        Column("rate", Type.NUMBER, Text("Share redeemed", "核销率"), unit="share"),
        Column("low", Type.NUMBER, Text("Share, at least", "核销率下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Share, at most", "核销率上限"), unit="share"),
        Column("spared", Type.MONEY, Text("Customers were spared", "让利金额"), unit="currency"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
    ],
)  # fmt: skip
def offer_results(landed_offers: ir.Table, landed_coupons: ir.Table, *, as_of: date) -> ir.Table:
    """Coupons given out and redeemed up to `as_of`, offer by offer.

    One row per offer of which a coupon was given out. `low` and `high` are the ends of the 95 % score
    interval (Wilson 1927) of the share redeemed. `customers` are those to whom coupons were given by name.
    """
    given = landed_coupons.filter(landed_coupons.offer_id.notnull() & (landed_coupons.issued <= as_of))
    used = given.redeemed_at.notnull() & (given.redeemed_at.date() <= ibis.date(as_of))
    counted = given.group_by("offer_id").agg(
        issued=given.count(), redeemed=used.sum(), spared=given.value.sum(where=used).fill_null(0),
        customers=given.record_id.nunique(),
    )  # fmt: skip
    named = counted.inner_join(landed_offers.select("offer_id", "offer_name", "offer_kind"), "offer_id")
    ends = wilson(named.redeemed, named.issued)
    return named.mutate(rate=named.redeemed / named.issued, low=ends.low, high=ends.high)


@offer_results.chart
def redeemed_shares(frame: pd.DataFrame) -> alt.LayerChart:
    """Of the twenty offers of which most coupons were given out."""
    most = frame.sort_values("issued", ascending=False).head(20)
    named = most.assign(offer=most.offer_name.fillna(most.offer_id))
    shown = named[["offer", "issued", "redeemed", "rate", "low", "high"]]
    percent = alt.Axis(format=".0%")
    rate = alt.X("rate:Q", title=str(offer_results["rate"].title), axis=percent)
    base = alt.Chart(shown).encode(
        y=alt.Y("offer:N", sort=list(shown.offer), title=None),
        tooltip=[
            alt.Tooltip("offer", title=str(offer_results["offer_name"].title)),
            alt.Tooltip("issued:Q", title=str(offer_results["issued"].title), format=","),
            alt.Tooltip("redeemed:Q", title=str(offer_results["redeemed"].title), format=","),
            alt.Tooltip("rate:Q", title=str(offer_results["rate"].title), format=".1%"),
        ],
    )  # fmt: skip
    return base.mark_bar().encode(x=rate) + base.mark_rule().encode(
        x=alt.X("low:Q", title=str(offer_results["rate"].title), axis=percent), x2="high:Q"
    )


@offer_results.sentence
def what_was_redeemed(frame: pd.DataFrame, *, currency: str = "") -> Text:
    if frame.empty:
        return Text("No coupon was given out.", "尚未发放优惠券。")
    issued, redeemed = int(frame.issued.sum()), int(frame.redeemed.sum())
    money = formats.amount(float(frame.spared.astype(float).sum()), currency)
    return Text(
        f"Of {issued:,} coupons {redeemed:,} were redeemed ({redeemed / issued:.1%}); they spared customers "
        f"{money.en}.",
        f"共发放 {issued:,} 张优惠券，核销 {redeemed:,} 张（{redeemed / issued:.1%}），"
        f"为客户节省 {money.zh}。",
    )
