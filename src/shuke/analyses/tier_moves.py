"""Tier moves: who has climbed and who has slipped since the last build?"""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np

from shuke.analyses.rfm import TIERS
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table

#: Where those come from who were in no tier.
NEWCOMER = "newcomer"

_WORDS = {**TIERS, NEWCOMER: Text("Not a buyer yet", "此前未购买")}
_CODES = Text(
    "; ".join(f"`{code}`: {title.en}" for code, title in _WORDS.items()),
    "；".join(f"`{code}`：{title.zh}" for code, title in _WORDS.items()),
)


@table(
    key=("was", "becomes"),
    first="-customers",
    theme="value",
    title=Text("Movement between tiers", "客户层级变动"),
    about=Text("Who has climbed and who has slipped since the last build?", "上次构建以来，谁升级、谁下滑？"),
    subject=None,
    reading=Text(
        "Each row is the tier of the last build, each column today's; the figures are customers, and the "
        "colour says whether they have climbed, slipped, or stayed where they were.",
        "每行为上次构建时的层级，每列为当前层级，数字为客户数；颜色表示升级、下滑或不变。",
    ),
    limits=Text(
        "Tiers compare customers with one another: some slip only because others have climbed. Who was "
        "merged into another customer since is not counted.",
        "层级是相互比较的结果，有人下滑只因他人上升；其间被合并的客户不计入。",
    ),
    columns=[
        Column("was", Type.TEXT, Text("Tier before", "原层级"), codes=_WORDS, note=_CODES),
        Column("becomes", Type.TEXT, Text("Tier now", "现层级"), codes=_WORDS, note=_CODES),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("amount", Type.MONEY, Text("Net amount so far", "累计净消费额"), unit="currency"),
    ],
)
def tier_moves(rfm: ir.Table, last_build_rfm: ir.Table) -> ir.Table:
    """Movement between the tiers of `rfm` since the build before, those who stayed included.

    One row per pair of tiers with a customer. `was` is `newcomer` for customers who were not in the table
    before; in the first build that is everybody. `amount` adds up their `monetary`.
    """
    before = last_build_rfm.select("customer_id", was="tier")
    moved = rfm.left_join(before, "customer_id").mutate(was=lambda t: t.was.fill_null(NEWCOMER))
    return moved.group_by("was", becomes=moved.tier).agg(
        customers=moved.count(), amount=moved.monetary.sum().fill_null(0)
    )


#: Which way they went, in the order of the legend, with a colour for each.
_WAYS: dict[str, tuple[Text, str]] = {
    "climbed": (Text("Climbed", "升级"), "#54a24b"),
    "stayed": (Text("Stayed", "不变"), "#bab0ac"),
    "slipped": (Text("Slipped", "下滑"), "#e4825c"),
    "fresh": (Text("New buyers", "新购买者"), "#72b7b2"),
}


def _way(frame: pd.DataFrame) -> pd.Series:
    rank = {code: n for n, code in enumerate(TIERS)}
    before, now = frame.was.map(rank), frame.becomes.map(rank)
    way = np.select(
        [frame.was == NEWCOMER, now < before, now > before], ["fresh", "climbed", "slipped"], "stayed"
    )
    return pd.Series(way, frame.index)


@tier_moves.chart
def moves(frame: pd.DataFrame) -> alt.Chart:
    order = [str(title) for title in _WORDS.values()]
    titles, colours = zip(*((str(title), colour) for title, colour in _WAYS.values()), strict=True)
    named = frame.assign(
        amount=frame.amount.astype(float),
        before=[str(_WORDS[code]) for code in frame.was],
        now=[str(_WORDS[code]) for code in frame.becomes],
        way=[str(_WAYS[way][0]) for way in _way(frame)],
    )
    axes = alt.Chart(named).encode(
        x=alt.X("now:N", sort=order, title=str(tier_moves["becomes"].title), axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("before:N", sort=order, title=str(tier_moves["was"].title)),
        tooltip=[
            alt.Tooltip("before", title=str(tier_moves["was"].title)),
            alt.Tooltip("now", title=str(tier_moves["becomes"].title)),
            alt.Tooltip("way", title=str(_MOVE)),
            alt.Tooltip("customers:Q", title=str(tier_moves["customers"].title), format=","),
            alt.Tooltip("amount:Q", title=str(tier_moves["amount"].title), format=",.0f"),
        ],
    )
    cells = axes.mark_rect().encode(
        color=alt.Color("way:N", title=str(_MOVE), scale=alt.Scale(domain=titles, range=colours)),
        # Rare moves stay visible beside the many who stayed.
        opacity=alt.Opacity("customers:Q", scale=alt.Scale(type="sqrt", range=[0.35, 0.9]), legend=None),
    )
    return cells + axes.mark_text().encode(text=alt.Text("customers:Q", format=","))


_MOVE = Text("Since the last build", "上次构建以来")


@tier_moves.sentence
def climbed(frame: pd.DataFrame) -> Text:
    known = frame[frame.was != NEWCOMER]
    if known.empty:
        return Text("There is no earlier build to compare with.", "没有更早的构建可供比较。")
    by_way = frame.groupby(_way(frame)).customers.sum()
    up, down, fresh = (int(by_way.get(way, 0)) for way in ("climbed", "slipped", "fresh"))
    return Text(
        f"Since the last build {up:,} customers have climbed, {down:,} have slipped and {fresh:,} are new.",
        f"上次构建以来，{up:,} 位客户升级，{down:,} 位下滑，{fresh:,} 位为新购买者。",
    )
