"""CRM effect: did retention, money and satisfaction move after a measure, more than those of others alike?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.arm_figures import VERDICTS
from shuke.analyses.false_discoveries import corrected
from shuke.analyses.line_costs import earned
from shuke.analyses.matched_changes import ENOUGH, Changes, difference_in_differences
from shuke.analyses.peers import CELL, peers
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

KINDS: dict[str, Text] = {
    "campaign": Text("Campaign or measure", "活动或举措"),
    "contact": Text("Calls and visits by", "主动联系渠道"),
}
OUTCOMES: dict[str, Text] = {
    "retention": Text("Share that bought", "购买比例"),
    "revenue": Text("Revenue per customer", "人均收入"),
    "margin": Text("Margin per customer", "人均毛利"),
    "satisfaction": Text("Satisfaction (0 to 1)", "满意度（0 至 1）"),
}
MEASURES: dict[str, Text] = {"": Text("not recorded", "未登记")}
JUDGED: dict[str, Text] = {
    "more": VERDICTS["more"], "less": VERDICTS["less"], "unclear": VERDICTS["unclear"],
    "too_few": Text("Too few, or none alike", "样本过少或无同类客户"),
}  # fmt: skip

_KEYS = ("kind", "source", "measure")
_SUMS = ("n", "y", "yy", "before")
#: A week's customers are compared as it begins.
_WEEK = 7


@table(
    key=(*_KEYS, "outcome"),
    theme="measures",
    title=Text("Before and after each measure", "各项举措前后对比"),
    about=Text(
        "Did retention, revenue, margin and satisfaction move after a measure, more than those of others "
        "alike?",
        "举措之后，留存、收入、毛利与满意度的变化是否超过同类客户？"),
    subject=None,
    first="-reached",
    reading=Text(
        "Each point is by how much more those whom a measure reached changed than customers alike; the "
        "line is "
        "where that lies at 95 %. Blue: beyond chance, corrected for all that was tried.",
        "每点为被触达者的变化减去同类客户的变化，横线为 95% 区间；蓝色为校正全部检验后仍非偶然者。"),
    limits=Text(
        "This is a comparison, not an experiment: customers are alike in what their purchases show, and "
        "whoever "
        "was reached for a reason that nobody wrote down may have changed anyway. Where a campaign held "
        "customers out, campaign_results is the evidence. Customers alike may have been reached by other "
        "measures, and one may be compared in several weeks. A change that reached everybody cannot be "
        "told of.",
        "这是对照比较而非实验：同类仅指购买行为相近，因未登记的理由而被触达者本来也可能变化。"
        "设有对照组的活动以 campaign_results 为证据。同类客户可能受其他举措影响，也可能在多周中被比较。"
        "影响全体客户的举措无从比较。"),
    columns=[
        Column("kind", Type.TEXT, Text("Kind", "种类"), codes=KINDS),
        Column("source", Type.TEXT, Text("Source", "来源"), note=Text("Of a campaign.", "活动的来源。")),
        Column("measure", Type.TEXT, Text("Measure", "举措"), codes=MEASURES),
        Column("measure_name", Type.TEXT, Text("Measure name", "举措名称")),
        Column("outcome", Type.TEXT, Text("Figure", "指标"), codes=OUTCOMES),
        Column("verdict", Type.TEXT, Text("Verdict", "结论"), codes=JUDGED, note=Text(
            "By p corrected for all that was tried.", "依据校正后的 p 值。")),
        Column("first_week", Type.DATE, Text("First week", "首周")),
        Column("last_week", Type.DATE, Text("Last week", "末周")),
        Column("reached", Type.INTEGER, Text("Reached", "触达人数"), unit="count"),
        Column("matched", Type.INTEGER, Text("Of them with others alike", "其中有同类者"), unit="count"),
        Column("alike", Type.INTEGER, Text("Customers alike", "同类客户数"), unit="count"),
        Column("before", Type.NUMBER, Text("Before", "此前"), note=Text(
            "Of the reached, a customer.", "被触达者的人均值。")),
        Column("change", Type.NUMBER, Text("Change of the reached", "被触达者变化")),
        Column("alike_change", Type.NUMBER, Text("Change of those alike", "同类变化")),
        Column("effect", Type.NUMBER, Text("Difference of the changes", "变化之差")),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("p", Type.NUMBER, Text("p", "p 值"), unit="share"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("experiment", Type.FLAG, Text("Held customers out", "设有对照组"), note=Text(
            "Then campaign_results is the evidence.", "此时以 campaign_results 为证据。")),
    ],
)  # fmt: skip
def crm_effect(  # noqa: PLR0917 - the tables that it is made from
    campaign_contacts: ir.Table,
    own_contacts: ir.Table,
    purchases: ir.Table,
    landed_products: ir.Table,
    survey_scores: ir.Table,
    landed_campaigns: ir.Table,
    campaign_results: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    days: int = 90,
    weeks: int = 52,
    others: int = 200_000,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """How customers changed whom a measure reached, beside the changes of others who were alike.

    One row per measure and figure: a campaign with messages or coupons, or the calls and visits of a channel.
    A price change, or a measure of service, is a list like any other: import as touches of a campaign whom it
    concerned and when. Customers count once for a measure, from the week in which it first reached them, of
    the last `weeks` weeks that lie `days` days back; they had bought in the two years before it.

        change    the figure of the `days` days from the week's Monday,
                  less that of the `days` before
        effect    mean change of the reached, less that of others alike    (difference in differences)

    Others are alike in recency, frequency and spending in the same week (see `analyses/peers.py`), and were
    reached by the measure neither in the 30 days before nor in the `days` days after. Where a company has
    more than `others` buyers, so many drawn by lot stand for all: beside them the reached are few, and it is
    they who decide how sure one can be.

    Retention is whether goods were bought, revenue all lines, margin those of known cost (left out
    where none is); satisfaction is the
    mean rating of surveys among those who answered before (within a year) and after. Intervals are at 95 %
    (see `analyses/matched_changes.py`) and empty with fewer than 30 of the reached or 30 alike. `p_adjusted`
    is p corrected over all that was tried (Benjamini and Hochberg 1995); the verdict is beyond chance where
    it is at most `false_discovery_rate`.
    """
    reached = checkpoint(_reached(campaign_contacts, own_contacts, as_of=as_of))
    first = checkpoint(reached.group_by(*_KEYS, "customer_id").agg(day=reached.day.min()))
    starts = _starts(first, as_of=as_of, days=days, weeks=weeks)
    told = pd.DataFrame(columns=list(crm_effect.schema))
    if starts:
        weeks_seen = ibis.memtable(pd.DataFrame({"starts": starts}), schema={"starts": "date"})
        calendar = checkpoint(_looked_at(purchases, first, weeks_seen, others))
        cells = checkpoint(_changes(purchases, landed_products, survey_scores, calendar, days=days))
        frame = _beside(reached, first, cells, days=days).to_pandas()
        names = landed_campaigns.select("source", measure="campaign_id", measure_name="name").to_pandas()
        held = campaign_results.select("source", measure="campaign_id").distinct().to_pandas()
        told = _judged(_effects(frame), names, held, rate=false_discovery_rate)
    return checkpoint(ibis.memtable(told, schema=crm_effect.schema))


def _reached(contacts: ir.Table, own: ir.Table, *, as_of: date) -> ir.Table:
    """Whom each measure reached, and when."""
    campaigns = contacts.select(
        "customer_id", kind=ibis.literal("campaign"), source=contacts.source, measure=contacts.campaign_id,
        day=contacts.first_day,
    )  # fmt: skip
    talks = own.filter(own.origin == "talk")
    calls = talks.select(
        "customer_id", kind=ibis.literal("contact"), source=ibis.literal(""),
        measure=talks.channel.fill_null(""), day=talks.day,
    )  # fmt: skip
    both = campaigns.union(calls.select(campaigns.columns))
    return both.filter(both.day <= ibis.date(as_of))


def _monday(day: ir.DateValue) -> ir.DateValue:
    return day.truncate("W").cast("date")


def _starts(first: ir.Table, *, as_of: date, days: int, weeks: int) -> list[date]:
    """The Mondays of the weeks in which somebody was first reached, if what came of it can be seen."""
    last = as_of - timedelta(days=days)
    found = first.select(starts=_monday(first.day)).distinct().to_pandas().starts
    known = (pd.Timestamp(day).date() for day in found)
    return sorted(day for day in known if last - timedelta(weeks=weeks) < day <= last)


def _looked_at(purchases: ir.Table, first: ir.Table, weeks: ir.Table, others: int) -> ir.Table:
    """Who is looked at in which week: the reached in their own, those who may stand beside them in all."""
    buyers = purchases.filter(purchases.customer_id.notnull()).select("customer_id").distinct()
    lot = (ibis.literal("crm_effect\x1f") + buyers.customer_id).hexdigest("sha256")
    drawn = buyers.order_by(lot, "customer_id").limit(others)
    mine = first.select("customer_id", starts=_monday(first.day)).semi_join(weeks, "starts")
    both = drawn.cross_join(weeks).mutate(is_other=True).union(mine.mutate(is_other=False))
    return both.group_by("customer_id", "starts").agg(is_other=both.is_other.any())


def _changes(
    purchases: ir.Table, products: ir.Table, scores: ir.Table, calendar: ir.Table, *, days: int
) -> ir.Table:
    """Each customer in each week, with the cell of those alike and, per figure, `…_y` and `…_before`."""
    lines = earned(purchases, products)
    daily = lines.group_by("customer_id", "day").agg(
        spent=lines.amount.sum(where=lines.order.notnull()).fill_null(0), revenue=lines.amount.sum(),
        margin=lines.margin.sum(), is_sale=lines.order.notnull().any(),
    )  # fmt: skip
    spans = {"before": (1, days), "after": (1 - days, 0)}
    outcomes: dict[str, Any] = {}
    for name, (least, most) in spans.items():
        outcomes |= {
            f"retention_{name}": lambda t, a=least, b=most: (t.is_sale & t.age.between(a, b)).any(),
            **{f"{money}_{name}": lambda t, m=money, a=least, b=most: t[m].sum(where=t.age.between(a, b))
               for money in ("revenue", "margin")},
        }  # fmt: skip
    near = daily.filter(daily.day >= calendar.starts.min().as_scalar() - ibis.interval(days=730))
    alike = peers(near, calendar, **outcomes)
    is_costed = daily.aggregate(is_costed=daily.margin.notnull().any())
    told = _rated(alike, scores, calendar, days=days).cross_join(is_costed)
    ends = {
        f"{name}_{when}": told[f"{name}_{when}"].cast("int64").cast("float64").fill_null(0.0)
        if name == "retention" else told[f"{name}_{when}"].cast("float64").fill_null(0.0)
        for name in ("retention", "revenue", "margin") for when in spans
    }  # fmt: skip
    ends |= {f"margin_{when}": ibis.ifelse(told.is_costed, ends[f"margin_{when}"], None) for when in spans}
    ends |= {f"satisfaction_{when}": told[f"satisfaction_{when}"] for when in spans}
    known = {name: ends[f"{name}_after"] - ends[f"{name}_before"] for name in OUTCOMES}
    return told.select(
        "starts", "customer_id", "is_other", *CELL, **{f"{name}_y": value for name, value in known.items()},
        **{f"{name}_before": ends[f"{name}_before"] for name in OUTCOMES},
    )  # fmt: skip


def _rated(alike: ir.Table, scores: ir.Table, calendar: ir.Table, *, days: int) -> ir.Table:
    """With the mean rating of the year before the week and of the days after it."""
    known = scores.filter(scores.customer_id.notnull() & scores.rating.notnull())
    seen = known.select("customer_id", "day", "rating").inner_join(calendar, "customer_id")
    age = seen.starts.delta(seen.day, unit="day")
    rated = seen.group_by("starts", "customer_id").agg(
        satisfaction_before=seen.rating.mean(where=age.between(1, 365)),
        satisfaction_after=seen.rating.mean(where=age.between(1 - days, 0)),
    )  # fmt: skip
    both = alike.left_join(rated, ["starts", "customer_id"])
    return both.select(alike, *(rated[f"satisfaction_{when}"] for when in ("before", "after")))


def _beside(reached: ir.Table, first: ir.Table, cells: ir.Table, *, days: int) -> ir.Table:
    """Sums per measure, week and cell: of the reached, and of the others, who are all but those whom it had
    reached not long before, or did not long after.
    """
    weeks = first.mutate(starts=_monday(first.day))
    keys = (*_KEYS, "starts", *CELL)
    mine = _summed(weeks.inner_join(cells, ["starts", "customer_id"]), keys, "mine")
    begun = weeks.select(*_KEYS, "starts").distinct()
    near = begun.inner_join(reached, _KEYS)
    age = near.day.delta(near.starts, unit="day")
    touched = near.filter(age.between(-30, days - 1)).select(*_KEYS, "starts", "customer_id").distinct()
    may = cells.filter(cells.is_other)
    not_others = _summed(touched.inner_join(may, ["starts", "customer_id"]), keys, "near")
    every = _summed(may, ("starts", *CELL), "all")
    told = mine.inner_join(every, ("starts", *CELL)).left_join(not_others, keys)
    return told.order_by(*keys)


def _summed(rows: ir.Table, keys: tuple[str, ...], of: str) -> ir.Table:
    sums: dict[str, ir.Value] = {f"{of}_customers": rows.count()}
    for name in OUTCOMES:
        y, before = rows[f"{name}_y"], rows[f"{name}_before"]
        values = (y.count(), y.sum(), (y * y).sum(), before.sum(where=y.notnull()))
        sums |= {f"{of}_{name}_{s}": value for s, value in zip(_SUMS, values, strict=True)}
    return rows.group_by(*keys).agg(**sums)


def _effects(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for keys, part in frame.fillna(0.0).groupby(list(_KEYS), sort=True):
        about = dict(zip(_KEYS, keys, strict=True))
        about |= {"first_week": part.starts.min(), "last_week": part.starts.max(),
                  "reached": int(part.mine_customers.sum())}  # fmt: skip
        for name in OUTCOMES:
            of = {side: {s: part[f"{side}_{name}_{s}"].to_numpy(float) for s in _SUMS}
                  for side in ("mine", "all", "near")}  # fmt: skip
            mine = Changes(*(of["mine"][s] for s in ("n", "y", "yy")))
            others = Changes(*(of["all"][s] - of["near"][s] for s in ("n", "y", "yy")))
            if not mine.n.sum():
                continue
            difference = difference_in_differences(mine, others)
            before = float(of["mine"]["before"].sum() / mine.n.sum())
            rows.append({**about, "outcome": name, "before": before, **vars(difference)})
    return pd.DataFrame(rows)


def _judged(found: pd.DataFrame, names: pd.DataFrame, held: pd.DataFrame, *, rate: float) -> pd.DataFrame:
    if found.empty:
        return pd.DataFrame(columns=list(crm_effect.schema))
    enough = (found[["matched", "alike"]].min(axis=1) >= ENOUGH) & found.p.notna()
    found.loc[~enough, ["low", "high", "p"]] = float("nan")
    found["p_adjusted"] = float("nan")
    found.loc[enough, "p_adjusted"] = corrected(found.p[enough].to_numpy(float), int(enough.sum()))
    sure = found.p_adjusted <= rate
    found["verdict"] = "unclear"
    found.loc[sure & (found.effect > 0), "verdict"] = "more"
    found.loc[sure & (found.effect < 0), "verdict"] = "less"
    found.loc[~enough, "verdict"] = "too_few"
    keys = ["source", "measure"]
    told = found.merge(names, how="left", on=keys).merge(held.assign(experiment=True), how="left", on=keys)
    told["experiment"] = told.experiment.notna()
    for day in ("first_week", "last_week"):
        told[day] = pd.to_datetime(told[day]).dt.date
    whole = told[list(crm_effect.schema)].astype(object)
    return whole.where(whole.notna(), None)


@crm_effect.chart
def effect_by_measure(frame: pd.DataFrame) -> alt.Chart:
    """The ten measures that reached most, a row of pictures for each figure."""
    known = frame[frame.low.notna()].sort_values(["reached", *_KEYS], ascending=[False, True, True, True])
    most = known.drop_duplicates(list(_KEYS)).head(10)[list(_KEYS)]
    shown = known.merge(most, on=list(_KEYS))
    called = [_called(row) for row in shown.itertuples()]
    shown = shown.assign(
        called=called, figure=[str(OUTCOMES[o]) for o in shown.outcome],
        sure=shown.verdict.isin(["more", "less"]),
    )[["called", "figure", "sure", "effect", "low", "high"]]  # fmt: skip
    title = str(crm_effect["effect"].title)
    base = alt.Chart(shown).encode(
        y=alt.Y("called:N", sort=list(dict.fromkeys(called)), title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=[alt.Tooltip("called:N"), alt.Tooltip("effect:Q", title=title, format="+,.3f")],
    )  # fmt: skip
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=None), x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("effect:Q", title=None),
        color=alt.condition("datum.sure", alt.value("#4c78a8"), alt.value("#9c9390")),
    )
    zero = base.mark_rule(strokeDash=[3, 3]).encode(x=alt.datum(0))
    figures: alt.Chart = alt.layer(zero, lines, dots, data=shown).properties(width=240).facet(
        facet=alt.Facet("figure:N", title=title, sort=[str(text) for text in OUTCOMES.values()]), columns=2,
    ).resolve_scale(x="independent")  # fmt: skip
    return figures


def _called(row: Any) -> str:
    if row.kind == "contact":
        return f"{KINDS['contact']}: {MEASURES.get(row.measure, row.measure)}"
    return str(row.measure_name if isinstance(row.measure_name, str) else row.measure)


@crm_effect.sentence
def what_moved(frame: pd.DataFrame, *, currency: str = "") -> Text:
    if frame.empty:
        return Text(
            "No measure of the last year has reached customers who had bought before, so nothing can be "
            "compared.",
            "近一年没有触达老客户的举措，无从比较。",
        )
    known = frame[frame.verdict != "too_few"]
    measures = len(frame.drop_duplicates(list(_KEYS)))
    if known.empty:
        return Text(
            f"{measures:,} measures reached customers, each too few, or none with others alike, to compare.",
            f"{measures:,} 项举措触达了客户，但人数过少或没有同类客户可比。",
        )
    sure = known[known.verdict != "unclear"].sort_values(["p", *_KEYS])
    if sure.empty:
        return Text(
            f"None of {len(known):,} figures of {measures:,} measures moved beyond chance beside customers "
            f"alike.",
            f"{measures:,} 项举措的 {len(known):,} 个指标，与同类客户相比均未见超出偶然的变化。",
        )
    row = sure.iloc[0]
    low, high = (_amount(row, end, currency) for end in ("low", "high"))
    name, figure = _called(row), OUTCOMES[row.outcome]
    return Text(
        f"{len(sure):,} of {len(known):,} figures moved beyond chance beside customers alike; the surest: "
        f"{figure.en.lower()} after {name}, by between {low.en} and {high.en}.",
        f"{len(known):,} 个指标中有 {len(sure):,} 个与同类客户相比的变化非偶然；最确定的是「{name}」之后的"
        f"{figure.zh}，变化 {low.zh} 至 {high.zh}。",
    )


def _amount(row: Any, end: str, currency: str) -> Text:
    value = float(row[end])
    if row.outcome in {"revenue", "margin"}:
        return formats.amount(value, currency)
    points = f"{100 * value:+.1f}"
    return Text(f"{points} points", f"{points} 个百分点")
