"""Prospects: which of the people whom we know and who never bought resemble our good customers?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.models.churn_classifier import FEWEST, judge
from shuke.models.peer_groups import described
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: By what people are held against each other, as far as it is known of both who bought and who did not.
FEATURES: dict[str, Text] = {
    "listed_by": Text("Named by", "名单来源"), "kind": Text("Kind of customer", "客户类型"),
    "gender": Text("Gender", "性别"), "decade": Text("Age", "年龄"), "place": Text("Place", "地区"),
}  # fmt: skip
_WORDS = {
    "female": Text("female", "女"), "male": Text("male", "男"), "other": Text("other", "其他"),
    "person": Text("person", "个人"), "organisation": Text("organisation", "单位"),
}  # fmt: skip
#: Of those who bought the quarter who spent most are good customers.
GOOD = 0.75
#: Customers to learn from, at most; bands of chances by which it is told how sure one is.
SAMPLE, BANDS = 20_000, 5

METHODS: dict[str, Text] = {
    "resemblance": Text("resemblance to good customers", "与优质客户的相似度"),
    "base": Text("the share of all; no attribute tells", "总体比例；无属性能区分"),
}


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
    *,
    as_of: date,
    checkpoint: Checkpoint,
) -> ir.Table:
    """People whom some record names and who never bought, by how much they are like good customers.

    One row per prospect. Good customers are the quarter of buyers who spent most. From all buyers, a sample
    of 20,000 where there are more, it is learnt how likely one of such a source, kind, gender, age and place
    is to be good (logistic regression or boosting, the better in cross-validation, calibrated; see `churn`);
    where that is no better than the share of all, `method` is `base`. The interval is Wilson's (1927) on the
    buyers whose chance was alike. `maybe_customer` is a buyer whom identity holds for perhaps the same
    person.
    """
    people = checkpoint(_described(customers, purchases, listed_people, as_of))
    asked = people.filter(people.spent.isnull())
    cells = asked.group_by(*FEATURES).agg(people=asked.count()).order_by(*FEATURES).to_pandas()
    learnt = _learnt(people)
    if cells.empty:
        raise NotEnoughData(N_("Everybody who is known has bought."))
    scored = checkpoint(ibis.memtable(_scored(cells, learnt), schema=_MEMORY))
    same = [asked[name] == scored[f"of_{name}"] for name in FEATURES]
    told = asked.inner_join(scored, same)
    return _beside(told, behaviour, reviews, prospect_sources, people)


def _described(customers: ir.Table, purchases: ir.Table, listed: ir.Table, as_of: date) -> ir.Table:
    first = listed.group_by("customer_id").agg(listed_by=listed.source.min())
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & (purchases.day <= as_of)
    )
    spent = goods.group_by("customer_id").agg(spent=goods.amount.sum().fill_null(0))
    like = described(customers, as_of=as_of)
    seen = customers.select("customer_id", known_since=customers.first_seen.date())
    rows = like.mutate(decade=ibis.ifelse(like.decade < 0, "", (like.decade * 10).cast(str)))
    for part in (seen, first, spent):
        rows = rows.left_join(part, "customer_id").drop("customer_id_right")
    return rows.mutate(listed_by=rows.listed_by.fill_null(""))


def _learnt(people: ir.Table) -> pd.DataFrame:
    """Buyers with what is known of them, and whether they are good."""
    buyers = people.filter(people.spent.notnull())
    number = buyers.count().to_pyarrow().as_py()
    nth = buyers.mutate(nth=ibis.row_number().over(order_by=buyers.customer_id))
    some = nth.filter(nth.nth % max(-(-number // SAMPLE), 1) == 0)
    frame = some.order_by("customer_id").to_pandas()
    spent = frame.spent.astype(float)
    if len(frame) < 2 * FEWEST:
        raise NotEnoughData(
            N_("At least {least} customers who bought are needed to learn from."), least=2 * FEWEST
        )
    return frame.assign(good=spent >= spent.quantile(GOOD))


def _scored(cells: pd.DataFrame, learnt: pd.DataFrame) -> pd.DataFrame:
    """The chance of each kind of prospect, its interval, and what speaks most for it."""
    asked, known = (frame[list(FEATURES)] for frame in (cells, learnt))
    good = learnt.good.to_numpy(bool)
    every = pd.concat([asked, known], ignore_index=True)
    found = judge(known, good, every)
    if found is None or not found.check.good:
        chances = np.full(len(asked), good.mean())
        told: list[tuple[str, str] | None] = [None] * len(asked)
        trials, method = np.full(len(asked), len(known)), "base"
    else:
        chances, of_known = found.chances[: len(asked)], found.chances[len(asked) :]
        ends = np.unique(np.quantile(of_known, np.arange(1, BANDS) / BANDS))
        counts = np.bincount(np.searchsorted(ends, of_known), minlength=len(ends) + 1)
        trials, method = counts[np.searchsorted(ends, chances)], "resemblance"
        told = _strongest(asked, found.weights.iloc[: len(asked)])
    words = [_words(each) for each in told]
    return asked.rename(columns=lambda name: f"of_{name}").assign(
        chance=chances, trials=trials.astype("int64"),
        reason=[word.en for word in words], reason_zh=[word.zh for word in words], method=method,
    )  # fmt: skip


def _strongest(asked: pd.DataFrame, weights: pd.DataFrame) -> list[tuple[str, str] | None]:
    """The attribute that raises the chance of each most, with its value, where one does."""
    known = weights.where((asked != "").to_numpy(), -np.inf)
    best = known.to_numpy(float).argmax(axis=1)
    found: list[tuple[str, str] | None] = []
    for place, column in enumerate(best):
        name = str(weights.columns[column])
        raises = float(known.iloc[place, column]) > 0
        found.append((name, str(asked.iloc[place][name])) if raises else None)
    return found


def _words(told: tuple[str, str] | None) -> Text:
    if told is None:
        return Text("Like the average customer.", "与一般客户相似。")
    name, value = told
    word = Text(f"{value} to {int(value) + 9}", f"{value}–{int(value) + 9} 岁") if name == "decade" else None
    word = word or _WORDS.get(value, Text(value, value))
    return Text(
        f"{FEATURES[name].en} {word.en}: more such customers are good ones.",
        f"{FEATURES[name].zh}「{word.zh}」：此类客户中优质客户较多。",
    )


_MEMORY = {
    **{f"of_{name}": "string" for name in FEATURES},
    "chance": "float64",
    "trials": "int64",
    **dict.fromkeys(("reason", "reason_zh", "method"), "string"),
}


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
