"""Prospects: which of the people whom we know and who never bought resemble our good customers?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt
from shuke.models.prospect_chances import ANYBODY, FEATURES, METHODS, people_known
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key="customer_id",
    first="-chance",
    theme="market",
    takes_failed=True,
    title=Text("Prospects", "潜在客户"),
    about=Text(
        "Which of the people whom we know and who never bought resemble our good customers?",
        "已知而从未购买者中，谁最像我们的优质客户？"),
    reading=Text(
        "How many people who never bought are how likely to become good customers if they buy.",
        "从未购买者若购买，成为优质客户的概率分布。"),
    limits=Text(
        "It tells whom they are like, not whether they will buy; who bought is known better than who did "
        "not, and an attribute that nobody recorded cannot show.",
        "只说明他们像谁，不说明是否会买；购买者的信息通常比未购买者更全，未记录的属性无从显示。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Prospect", "潜在客户编号")),
        Column("chance", Type.NUMBER, Text("Like a good customer", "与优质客户的相似度"), unit="share",
            note=Text("The share of good ones among customers alike.", "相似客户中优质客户的比例。")),
        Column("chance_low", Type.NUMBER, Text("Likeness, at least", "相似度下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Likeness, at most", "相似度上限"), unit="share"),
        Column("listed_by", Type.TEXT, Text("Named by", "名单来源")),
        Column("source_rate", Type.NUMBER, Text("Of that source became customers", "该来源转化率"),
            unit="share"),
        Column("known_since", Type.DATE, Text("Known since", "首次知悉")),
        Column("contacts", Type.INTEGER, Text("Contacts", "联系次数"), unit="count"),
        Column("maybe_customer", Type.TEXT, Text("Perhaps customer", "可能就是客户"), note=Text(
            "Who bought and may be the same person; to be decided under identity.",
            "可能为同一人的已购客户；请在身份审核中判定。")),
        Column("reason", Type.TEXT, Text("Why", "原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Why (Chinese)", "原因")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
    ],
)  # fmt: skip
def prospects(  # noqa: PLR0917 - who they are, what they are like, and who they may be
    customers: ir.Table,
    behaviour: ir.Table,
    purchases: ir.Table,
    listed_people: ir.Table,
    reviews: ir.Table,
    prospect_sources: ir.Table,
    prospect_chances: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
) -> ir.Table:
    """People whom some record names and who never bought, by how much they are like good customers.

    One row per prospect. Good customers are the quarter of buyers who spent most. From all buyers, a sample
    of 20,000 where there are more, it is learnt how likely one of such a source, kind, gender, age and place
    is to be good (logistic regression or boosting, the better in cross-validation, calibrated; see `churn`);
    where that is no better than the share of all, `method` is `base` (see `prospect_chances`). The interval
    is Wilson's (1927) on the buyers whose chance was alike. `maybe_customer` is a buyer whom identity holds
    for perhaps the same person.
    """
    people = checkpoint(people_known(customers, purchases, listed_people, as_of))
    asked = people.filter(people.spent.isnull())
    if not asked.count().execute():
        raise NotEnoughData(N_("Everybody who is known has bought."))
    told = asked.inner_join(prospect_chances, list(FEATURES))
    anybody = prospect_chances.filter(prospect_chances.kind == ANYBODY).drop(*FEATURES)
    others = asked.anti_join(prospect_chances, list(FEATURES)).cross_join(anybody)
    told = told.union(others.select(told.columns))
    return _beside(told, behaviour, reviews, prospect_sources, people)


def _beside(
    told: ir.Table, behaviour: ir.Table, reviews: ir.Table, sources: ir.Table, people: ir.Table
) -> ir.Table:
    """What else is to be known of them: contacts, what came of their source, and who they may be."""
    buyers = people.filter(people.spent.notnull()).select(buyer="customer_id")
    pairs = reviews.select(customer_id="customer_l", buyer="customer_r").union(
        reviews.select(customer_id="customer_r", buyer="customer_l")
    )
    maybe = (
        pairs.semi_join(buyers, "buyer").group_by("customer_id").agg(maybe_customer=lambda t: t.buyer.min())
    )
    rates = sources.select(listed_by="source", source_rate="rate")
    contacts = behaviour.select("customer_id", "contacts")
    rows = told.left_join(maybe, "customer_id").drop("customer_id_right")
    rows = rows.left_join(rates, "listed_by").drop("listed_by_right")
    rows = rows.left_join(contacts, "customer_id").drop("customer_id_right")
    ends = wilson(rows.chance * rows.trials, rows.trials)
    return rows.mutate(
        contacts=rows.contacts.fill_null(0), listed_by=rows.listed_by.nullif(""),
        chance_low=ibis.least(ends.low, rows.chance), chance_high=ibis.greatest(ends.high, rows.chance),
    )  # fmt: skip


@prospects.chart
def how_alike(rows: ir.Table) -> alt.Chart:
    tenths = (
        rows.mutate(tenth=(rows.chance * 20).floor() / 20).group_by("tenth").agg(people=lambda t: t.count())
    )
    frame = tenths.order_by("tenth").to_pandas()
    many, title = str(Text("Prospects", "潜在客户数")), str(prospects["chance"].title)
    told = frame.assign(likeness=[f"{low:.0%} – {low + 0.05:.0%}" for low in frame.tenth])
    return (
        alt.Chart(told[["likeness", "people"]])
        .mark_bar()
        .encode(
            x=alt.X("likeness:O", sort=None, title=title, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("people:Q", title=many),
            tooltip=[alt.Tooltip("people:Q", title=many)],
        )
    )


@prospects.sentence
def whom_to_win(rows: ir.Table) -> Text:
    counted = rows.agg(
        all=rows.count(), best=rows.chance.max(), maybe=rows.maybe_customer.count(), method=rows.method.max()
    )
    row = counted.to_pandas().iloc[0]
    if not row["all"]:
        return Text("Everybody who is known has bought.", "已知的人都已购买。")
    maybe = Text(
        f" {row.maybe:,.0f} of them may be customers already.", f"其中 {row.maybe:,.0f} 位可能已是客户。"
    )
    if row.method == "base":
        return Text(
            f"{row['all']:,.0f} people are known and have never bought; nothing known of them tells good "
            f"customers from others.{maybe.en}",
            f"已知而从未购买者 {row['all']:,.0f} 位；现有信息无法区分其中的优质客户。{maybe.zh}",
        )
    return Text(
        f"{row['all']:,.0f} people are known and have never bought; of customers like the best of them "
        f"{row.best:.0%} are good ones.{maybe.en}",
        f"已知而从未购买者 {row['all']:,.0f} 位；"
        f"与其中最佳者相似的客户有 {row.best:.0%} 为优质客户。{maybe.zh}",
    )
