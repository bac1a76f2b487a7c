"""Prospect chances: how likely is a person of such a kind, age and place to be a good customer?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import pd
from shuke.models.churn_classifier import FEWEST, judge
from shuke.models.peer_groups import described
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
#: In place of each of these: of whoever is of no kind that was there when this was learnt.
ANYBODY = "*"


@table(
    key=tuple(FEATURES),
    learns_for="prospects",
    first="-chance",
    theme="market",
    title=Text("Who is like good customers", "优质客户的特征"),
    about=Text(
        "How likely is a person of such a kind, age and place to be a good customer?",
        "这类来源、年龄与地区的人成为优质客户的可能性有多大？"),
    limits=Text(
        "Of those who bought: whether such a person buys at all is not asked.",
        "仅就已购客户而言：并不回答此人是否会购买。"),
    subject=None,
    columns=[
        *(Column(name, Type.TEXT, title, note=Text("`*` stands for anybody.", "`*` 代表任何人。"))
          for name, title in FEATURES.items()),
        Column("chance", Type.NUMBER, Text("Likeness to good customers", "与优质客户的相似度"),
            unit="share"),
        Column("trials", Type.INTEGER, Text("Customers alike", "相似客户数"), unit="count"),
        Column("reason", Type.TEXT, Text("Why", "原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Why (Chinese)", "原因")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
    ],
)  # fmt: skip
def prospect_chances(
    customers: ir.Table, purchases: ir.Table, listed_people: ir.Table, *, as_of: date, checkpoint: Checkpoint
) -> ir.Table:
    """The chance of being a good customer, as `prospects` says, learnt from all who bought.

    One row per source, kind, gender, age and place of anybody who has not bought, and one of `*`, with the
    share of all. `trials` are the buyers whose chance was alike.
    """
    people = checkpoint(people_known(customers, purchases, listed_people, as_of))
    asked = people.filter(people.spent.isnull())
    cells = asked.group_by(*FEATURES).agg(people=asked.count()).order_by(*FEATURES).to_pandas()
    learnt = _buyers(people)
    anybody = dict.fromkeys(FEATURES, ANYBODY) | {
        "chance": float(learnt.good.mean()), "trials": len(learnt), "method": "base",
        "reason": _words(None).en, "reason_zh": _words(None).zh,
    }  # fmt: skip
    rows = [*(_scored(cells, learnt).to_dict("records") if len(cells) else ()), anybody]
    schema = prospect_chances.schema
    return ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema)


def people_known(customers: ir.Table, purchases: ir.Table, listed: ir.Table, as_of: date) -> ir.Table:
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


def _buyers(people: ir.Table) -> pd.DataFrame:
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
    return asked.assign(
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
