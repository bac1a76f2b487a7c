"""Opportunities: how do they stand from first intention to sale, and where are they lost?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.analyses.false_discoveries import corrected
from shuke.analyses.subgroups import CellSums, drawn
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import rounded, wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What sources call an opportunity that became a sale, and one that did not; a company adds its own words.
WON = ("won", "closed won", "closed-won", "success", "成交", "赢单", "已成交", "签约")
LOST = (
    "lost",
    "closed lost",
    "closed-lost",
    "failed",
    "cancelled",
    "abandoned",
    "输单",
    "丢单",
    "失败",
    "流失",
)

BY: dict[str, Text] = {
    "all": Text("all", "全部"), "stage": Text("stage", "阶段"), "product": Text("product", "商品"),
    "staff": Text("employee", "员工"), "age": Text("days open", "已开天数"),
}  # fmt: skip
AGES: dict[str, Text] = {
    "to_30": Text("up to 30 days", "30 天以内"), "to_90": Text("31 to 90 days", "31–90 天"),
    "to_180": Text("91 to 180 days", "91–180 天"), "longer": Text("longer", "更久"),
    "unknown": Text("not known", "不明"),
}  # fmt: skip

#: So many parts stand in the picture.
_SHOWN = 20


@table(
    key=("by", "part"),
    first="-expected_value",
    theme="market",
    title=Text("Opportunities", "商机"),
    about=Text(
        "How do opportunities stand from first intention to sale, and where are they lost?",
        "商机从最初意向到成交进展如何，丢在哪里？"),
    reading=Text(
        "Each line is the share of decided opportunities that were won, with its interval. The strong ones "
        "are won unlike the rest by more than chance.",
        "每条线为已有结果的商机的赢单率及其区间；深色者与其余的差异不是偶然。"),
    limits=Text(
        "Of a stage that only open opportunities stand in, no rate is known unless earlier files showed what "
        "passed through it. A difference between employees may be one between what they were given.",
        "仅有未结商机的阶段，若以往文件未记录经过该阶段的商机，则无赢单率。"
        "员工之间的差异可能来自分到的商机不同。"),
    subject=None,
    columns=[
        Column("by", Type.TEXT, Text("By", "维度"), codes=BY),
        Column("part", Type.TEXT, Text("Which", "取值"), codes={**AGES, "": Text("all", "全部")}),
        Column("open", Type.INTEGER, Text("Open", "未结"), unit="count"),
        Column("won", Type.INTEGER, Text("Won", "赢单"), unit="count"),
        Column("lost", Type.INTEGER, Text("Lost", "输单"), unit="count"),
        Column("win_rate", Type.NUMBER, Text("Win rate", "赢单率"), unit="share", note=Text(
            "Won among those decided; of a stage among those that ever stood in it.",
            "已有结果者中赢单的比例；阶段为曾经过该阶段者。")),
        Column("win_low", Type.NUMBER, Text("Win rate, at least", "赢单率下限"), unit="share"),
        Column("win_high", Type.NUMBER, Text("Win rate, at most", "赢单率上限"), unit="share"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("differs", Type.FLAG, Text("More than chance", "非偶然")),
        Column("won_value", Type.MONEY, Text("Value won", "赢单金额"), unit="currency"),
        Column("lost_value", Type.MONEY, Text("Value lost", "输单金额"), unit="currency"),
        Column("open_value", Type.MONEY, Text("Open value", "未结金额"), unit="currency", note=Text(
            "Where no value is stated, what opportunities for the product were won for on the average, else "
            "all.",
            "未注明金额者取该商品赢单均值，否则取全体均值。")),
        Column("expected_value", Type.MONEY, Text("Expected value", "期望价值"), unit="currency", note=Text(
            "Open value × how many were won of those decided that had been open for as long.",
            "未结金额 × 开立时长相同者的赢单率。")),
        Column("days_open", Type.NUMBER, Text("Open for, on the average", "平均已开天数"), unit="day"),
        Column("days_to_win", Type.NUMBER, Text("Days to win, on the average", "平均赢单天数"), unit="day"),
        Column("overdue", Type.INTEGER, Text("Beyond the expected day", "超过预计成交日"), unit="count"),
    ],
)  # fmt: skip
def opportunities(
    landed_opportunities: ir.Table,
    history_opportunities: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    won: tuple[str, ...] = WON,
    lost: tuple[str, ...] = LOST,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Opportunities by stage, product, employee and age: open, won, lost, and what those open can bring.

    One row per kind of part and part, and one of all. An opportunity is won or lost by its stage's words;
    what closed after `as_of` was open then. The win rate is that of those decided, with Wilson's interval
    (1927); that of a stage counts all that any file ever showed in it. Whether a part differs from the rest
    is told by Fisher's test (1934), corrected over all parts (Benjamini and Hochberg 1995). An open
    opportunity's chance is the win rate of those decided that had been open for as many days or more.
    """
    rows = checkpoint(_judged(landed_opportunities, as_of, won, lost))
    if not rows.count().to_pyarrow().as_py():
        return checkpoint(ibis.memtable([], schema=opportunities.schema))
    valued = rows.left_join(_usual(rows), "product_id").drop("product_id_right")
    mean = rows.value.mean(where=rows.state == "won").to_pyarrow().as_py()
    worth = ibis.coalesce(valued.value, valued.usual, ibis.literal(mean, type="decimal(18, 4)"))
    full = checkpoint(_chances(valued.mutate(worth=worth)))
    passed = _passed(history_opportunities, full)
    parts = [
        _summed(full, by="all", part=ibis.literal("")), _summed(full, by="product", part=full.product_id),
        _summed(full, by="staff", part=full.staff_id), _summed(full, by="age", part=_age(full.days)),
        _of_stages(full, passed),
    ]  # fmt: skip
    frame = _corrected(ibis.union(*parts), false_discovery_rate)
    return checkpoint(ibis.memtable(frame, schema=opportunities.schema))


def _judged(landed: ir.Table, as_of: date, won: tuple[str, ...], lost: tuple[str, ...]) -> ir.Table:
    word = landed.stage.lower().strip()
    later = (landed.closed > as_of).fill_null(False)
    state = ibis.cases(
        (later, "open"), (word.isin([w.lower() for w in won]), "won"),
        (word.isin([w.lower() for w in lost]), "lost"), (landed.closed.notnull(), "lost"), else_="open",
    )  # fmt: skip
    known = landed.filter((landed.opened <= as_of).fill_null(True))
    until = ibis.coalesce(ibis.ifelse(state == "open", None, landed.closed), ibis.literal(as_of))
    return known.select(
        "key", "stage", "product_id", "staff_id", "expected_close", state=state, value=known.value,
        days=until.delta(known.opened, unit="day"),
        overdue=((state == "open") & (known.expected_close < as_of)).fill_null(False),
    )  # fmt: skip


def _usual(rows: ir.Table) -> ir.Table:
    won = rows.filter((rows.state == "won") & rows.product_id.notnull())
    return won.group_by("product_id").agg(usual=won.value.mean().cast("decimal(18, 4)"))


def _chances(rows: ir.Table) -> ir.Table:
    """Each opportunity with the win rate of those decided that were open for as long."""
    decided = rows.filter(rows.state != "open")
    counted = decided.group_by("days").agg(won=(decided.state == "won").sum(), all_=decided.count())
    frame = counted.to_pandas()
    whole = float(frame.won.sum() / frame.all_.sum()) if len(frame) else 0.0
    dated = frame[frame.days.notna()].sort_values("days", ascending=False)
    # One more case, won as often as all: of those open for ever nothing else is known.
    chance = (dated.won.cumsum() + whole) / (dated.all_.cumsum() + 1)
    told = ibis.memtable(
        pd.DataFrame({"until": dated.days.astype("int64"), "chance": chance.astype(float)}),
        schema={"until": "int64", "chance": "float64"},
    )
    open_ = rows.filter(rows.state == "open").select("key", "days")
    reached = open_.left_join(told, told.until >= open_.days)
    nearest = reached.group_by("key").agg(chance=reached.chance.argmin(reached.until))
    joined = rows.left_join(nearest, "key").drop("key_right")
    longest = ibis.ifelse(joined.days.isnull() | (len(dated) == 0), whole, joined.chance)
    last = float(chance.iloc[0]) if len(dated) else whole
    return joined.mutate(chance=ibis.ifelse(joined.state == "open", longest.fill_null(last), None))


def _passed(history: ir.Table, rows: ir.Table) -> ir.Table:
    """The stages in which each opportunity was ever seen."""
    seen = history.filter(history.stage.notnull()).select("key", "stage").distinct()
    return seen.inner_join(rows.select("key", "state"), "key").group_by("stage").agg(
        passed_won=lambda t: (t.state == "won").sum(), passed_lost=lambda t: (t.state == "lost").sum()
    )  # fmt: skip


def _age(days: ir.IntegerValue) -> ir.StringValue:
    return ibis.cases(
        (days <= 30, "to_30"), (days <= 90, "to_90"), (days <= 180, "to_180"), (days > 180, "longer"),
        else_="unknown",
    )  # fmt: skip


def _summed(rows: ir.Table, *, by: str, part: ir.StringValue) -> ir.Table:
    named = rows.mutate(part=part)
    some = named.filter(named.part.notnull())
    likely = rounded(some.worth.cast("float64") * some.chance, 2).cast("decimal(18, 4)")
    is_open, is_won, is_lost = (some.state == state for state in ("open", "won", "lost"))
    return some.group_by(by=ibis.literal(by), part=some.part).agg(
        open=is_open.sum(), won=is_won.sum(), lost=is_lost.sum(), rate_won=is_won.sum(),
        rate_lost=is_lost.sum(), won_value=some.worth.sum(where=is_won),
        lost_value=some.worth.sum(where=is_lost), open_value=some.worth.sum(where=is_open),
        expected=likely.sum(where=is_open),
        days_open=some.days.sum(where=is_open).cast("float64") / some.days.count(where=is_open).nullif(0),
        days_to_win=some.days.sum(where=is_won).cast("float64") / some.days.count(where=is_won).nullif(0),
        overdue=some.overdue.sum(),
    )  # fmt: skip


def _of_stages(rows: ir.Table, passed: ir.Table) -> ir.Table:
    """The stages of those that are open, with the rate of what passed through them."""
    stages = _summed(rows.filter(rows.state == "open"), by="stage", part=rows.stage)
    joined = stages.left_join(passed, stages.part == passed.stage)
    return joined.mutate(
        rate_won=joined.passed_won.fill_null(0), rate_lost=joined.passed_lost.fill_null(0)
    ).select(stages.columns)  # fmt: skip


def _corrected(parts: ir.Table, rate: float) -> pd.DataFrame:
    decided = parts.rate_won + parts.rate_lost
    ends = wilson(parts.rate_won, decided)
    told = parts.mutate(
        win_rate=parts.rate_won.cast("float64") / decided.nullif(0), win_low=ibis.greatest(ends.low, 0.0),
        win_high=ends.high, decided=decided, expected_value=parts.expected,
    )  # fmt: skip
    frame = told.order_by("by", "part").to_pandas()
    whole = frame[frame.by == "all"].iloc[0]
    hits, trials = (frame[name].to_numpy(float) for name in ("rate_won", "decided"))
    sums = (whole.decided, whole.rate_won, whole.rate_won)
    everybody = CellSums(*(np.full(len(frame), float(each)) for each in sums))
    p = drawn(CellSums(trials, hits, hits), everybody, np.ones(len(frame), dtype=bool))
    tried = (frame.by != "all").to_numpy() & (trials > 0) & (trials < float(whole.decided))
    frame["p_adjusted"] = np.nan
    frame.loc[tried, "p_adjusted"] = corrected(p[tried], int(tried.sum()))
    frame["differs"] = (frame.p_adjusted <= rate).fillna(False)
    for name in ("won_value", "lost_value", "open_value", "expected_value"):
        frame[name] = frame[name].fillna(0)
    return frame[list(opportunities.schema)]


@opportunities.chart
def win_rates(frame: pd.DataFrame) -> alt.LayerChart:
    """The parts of which most is decided."""
    told = frame[frame.win_rate.notna() & (frame.by != "all")].copy()
    told["what"] = [
        f"{BY[by]} · {AGES.get(part, part)}" for by, part in zip(told.by, told.part, strict=True)
    ]  # fmt: skip
    decided = told.assign(decided=told.won + told.lost).sort_values(
        ["decided", "by", "part"], ascending=[False, True, True]
    )
    shown = decided.head(_SHOWN).sort_values(["win_rate", "what"])
    percent = alt.Axis(format=".0%")
    base = alt.Chart(shown[["what", "win_rate", "win_low", "win_high", "differs", "won", "lost"]]).encode(
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=240)),
        opacity=alt.condition("datum.differs", alt.value(1.0), alt.value(0.4)),
        tooltip=[
            *(alt.Tooltip(f"{n}:Q", title=str(opportunities[n].title), format=".1%")
              for n in ("win_rate", "win_low", "win_high")),
            *(alt.Tooltip(f"{n}:Q", title=str(opportunities[n].title)) for n in ("won", "lost")),
        ],
    )  # fmt: skip
    x = alt.X("win_low:Q", title=str(opportunities["win_rate"].title), axis=percent)
    return base.mark_rule().encode(x=x, x2="win_high:Q") + base.mark_point(filled=True).encode(x="win_rate:Q")


@opportunities.sentence
def how_they_stand(frame: pd.DataFrame, *, currency: str = "") -> Text:
    if frame.empty:
        return Text("No sales opportunities were imported.", "未导入任何商机。")
    whole = frame[frame.by == "all"].iloc[0]
    value = formats.amount(whole.expected_value, currency)
    told = Text(
        f"{whole.open:,.0f} opportunities are open, worth {value.en} by their chances.",
        f"未结商机 {whole.open:,.0f} 个，按赢单概率计价值 {value.zh}。",
    )
    if pd.isna(whole.win_rate):
        return Text(f"{told.en} None is decided yet.", f"{told.zh}尚无商机有结果。")
    rate = f"{whole.win_rate:.0%}"
    ends = f"{whole.win_low:.0%}", f"{whole.win_high:.0%}"
    worst = frame[frame.differs.astype(bool) & (frame.win_rate < whole.win_rate)].sort_values("win_rate")
    where = Text("", "")
    if len(worst):
        row = worst.iloc[0]
        part = AGES.get(row.part, Text(row.part, row.part))
        where = Text(
            f" Fewest are won by {BY[row.by].en} “{part.en}”: {row.win_rate:.0%}.",
            f"{BY[row.by].zh}「{part.zh}」的赢单率最低：{row.win_rate:.0%}。",
        )
    return Text(
        f"{told.en} Of those decided {rate} were won (between {ends[0]} and {ends[1]}).{where.en}",
        f"{told.zh}已有结果者中赢单 {rate}（区间 {ends[0]}–{ends[1]}）。{where.zh}",
    )
