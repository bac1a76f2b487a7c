"""Discoveries: which groups of customers behave unlike the rest, though nobody asked about them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.customer_measures import (
    OWN,
    CustomerMeasure,
    common_categories,
    common_values,
    customer_attributes,
    customer_figures,
    measures,
    stated_attributes,
)
from shuke.analyses.finding_texts import ACTIONS, UNITS, action, in_words
from shuke.analyses.subgroup_search import Attributes, Finding, Rules, Search, search
from shuke.analyses.subgroups import CellSums
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text, language
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("measure", "group"),
    learns=True,
    first="rank",
    theme="unasked",
    title=Text("Discoveries", "意外发现"),
    about=Text(
        "Which groups of customers behave unlike the rest, though nobody asked about them?",
        "哪些客户群体的行为与众不同（无人问及，系统自行发现）？"),
    reading=Text(
        "Each point is a group: how far it lies from those it is compared with, in standard deviations of "
        "the figure, with its interval. To the right it has more, to the left less.",
        "每个点为一个群体：与对照客户相差多少（以该指标的标准差计）及其区间；右侧为更多，左侧为更少。"),
    limits=Text(
        "A difference is no cause, and what nobody recorded cannot show. Of all findings that are told, up "
        "to one in twenty may be chance. A group was picked because its difference is large, so it looks "
        "somewhat larger than it is; the intervals allow for that.",
        "差异并非原因，未记录的也无从显示。所报发现中至多二十分之一可能出于偶然。"
        "群体因差异大而被选出，其数值略有高估；区间已计入这一点。"),
    subject=None,
    columns=[
        Column("rank", Type.INTEGER, Text("Rank", "名次"), note=Text("The surest first.", "最确凿者在前。")),
        Column("finding", Type.TEXT, Text("Finding", "发现（英文）")),
        Column("finding_zh", Type.TEXT, Text("Finding in Chinese", "发现")),
        Column("action", Type.TEXT, Text("What to do", "可做之事"), codes=ACTIONS),
        Column("measure", Type.TEXT, Text("Figure", "指标（英文）")),
        Column("measure_zh", Type.TEXT, Text("Figure in Chinese", "指标")),
        Column("group", Type.TEXT, Text("Group", "群体（英文）")),
        Column("group_zh", Type.TEXT, Text("Group in Chinese", "群体")),
        Column("within", Type.TEXT, Text("Compared within", "对照范围（英文）"), note=Text(
            "Empty: with all other customers.", "为空：与其余全部客户比较。")),
        Column("within_zh", Type.TEXT, Text("Compared within, in Chinese", "对照范围")),
        Column("conditions", Type.INTEGER, Text("Conditions", "条件数"), unit="count"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("others", Type.INTEGER, Text("Compared with", "对照客户数"), unit="count"),
        Column("unit", Type.TEXT, Text("Unit", "单位"), codes=UNITS),
        Column("value", Type.NUMBER, Text("In the group", "群体的值"), note=Text(
            "The mean; of yes and no, the share of yes.", "均值；是非指标为“是”的比例。")),
        Column("others_value", Type.NUMBER, Text("Among the others", "对照的值")),
        Column("difference", Type.NUMBER, Text("Difference", "差异")),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限"), note=Text(
            "Ends of an interval that allows for the search (Benjamini and Yekutieli 2005).",
            "区间已计入搜索（Benjamini 与 Yekutieli 2005）。")),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("effect_size", Type.NUMBER, Text("Difference in standard deviations", "标准化差异")),
        Column("effect_low", Type.NUMBER, Text("In standard deviations, at least", "标准化差异下限")),
        Column("effect_high", Type.NUMBER, Text("In standard deviations, at most", "标准化差异上限")),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("tried", Type.INTEGER, Text("Comparisons tried", "尝试的比较数"), unit="count"),
    ],
)  # fmt: skip
def discoveries(
    purchases: ir.Table,
    customers: ir.Table,
    departures: ir.Table,
    behaviour: ir.Table,
    facts: ir.Table,
    *,
    as_of: date,
    currency: str,
    checkpoint: Checkpoint,
    days: int = 182,
    min_customers: int = 30,
    max_attributes: int = 10,
    max_values: int = 24,
    max_categories: int = 10,
    max_findings: int = 50,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Groups of customers of whom some figure is unlike that of the rest, searched among all there are.

    One row per finding, the surest first, `max_findings` at most. Every attribute (gender, age, region, city,
    country, kind, how they first came, and up to `max_attributes` in all of what people state) by itself, in
    pairs, and in threes around the strongest pairs (Klösgen 1996), with every figure: spending of the last
    `days`, visits, how spending changed against the `days` before, the worth of a visit, discounts, returns,
    who is lost, who complained, and the share of spending on each of the `max_categories` most bought
    categories. A group has `min_customers` customers, and so have those that it is compared with. Money and
    counts are compared by their logarithms.

    Each group is held against its parent, the group with one condition less, by the permutation test of
    Pitman (1937), of yes and no by Fisher's (1934); and beyond what its conditions do one by one. The p
    reported is the greatest of these, corrected for everything tried (Benjamini and Hochberg 1995); figures
    of the same customers go together, under which the correction holds (Benjamini and Yekutieli 2001).
    Among labels that were shuffled 2,000 times it found something in fewer than 50 (`tests/analyses/
    test_subgroups.py`). Each finding is told once: none that another one about the same figure explains,
    as a city by its region (Mantel and Haenszel 1959), and of groups that share a condition the surest.
    """
    shelves = common_categories(purchases, as_of, max_categories)
    figures = measures(days, shelves)
    stated = stated_attributes(facts, least=min_customers, most=max(max_attributes - len(OWN), 0))
    titles = OWN | stated
    people = checkpoint(customer_attributes(departures, customers, purchases, facts, stated, as_of=as_of))
    values = common_values(people, titles, least=min_customers, most=max_values)
    kept = customer_figures(purchases, departures, behaviour, shelves, as_of=as_of, days=days)
    cube = _Cube(checkpoint(_coded(people, kept, values)), values, list(figures.values()))
    if cube.rows < 2 * min_customers:
        raise NotEnoughData(
            N_("At least {least} customers who bought are needed to compare groups of them."),
            least=2 * min_customers,
        )
    rules = Rules(min_customers, false_discovery_rate, cube.flags, cube.apart)
    found = search(cube.count, list(values), rules)
    rows = cube.compared(found, false_discovery_rate)
    told_of = [
        _row(rank, each, titles, values, found.tried, currency)
        for rank, each in enumerate(rows[:max_findings], start=1)
    ]
    frame = pd.DataFrame(told_of, columns=list(discoveries.schema))
    return checkpoint(ibis.memtable(frame, schema=discoveries.schema))


def _coded(people: ir.Table, figures: ir.Table, values: Mapping[str, Sequence[str]]) -> ir.Table:
    """A row per customer: the number of the value of each attribute, and the figures."""
    numbers = {
        f"a_{name}": ibis.ifelse(
            people[name].isnull(), None,
            ibis.cases(*((people[name] == v, n) for n, v in enumerate(found)), else_=len(found)),
        ).cast("int32")
        for name, found in values.items()
    }  # fmt: skip
    return people.select("customer_id", **numbers).inner_join(figures, "customer_id")


@dataclass(frozen=True)
class Compared:
    """A finding with its figures: of the group and of the rest of its parent."""

    finding: Finding
    measure: CustomerMeasure
    customers: int
    others: int
    value: float
    others_value: float
    error: float
    deviation: float
    z: float

    @property
    def difference(self) -> float:
        return self.value - self.others_value

    @property
    def half(self) -> float:
        return self.z * self.error


@dataclass(frozen=True)
class _Cube:
    """Customers with numbered attributes, from which the engine adds up cells."""

    people: ir.Table
    values: Mapping[str, Sequence[str]]
    measures: Sequence[CustomerMeasure]

    @property
    def rows(self) -> int:
        return int(self.people.count().to_pyarrow().as_py())

    @property
    def flags(self) -> np.ndarray:
        return np.array([each.unit == "flag" for each in self.measures])

    @property
    def apart(self) -> dict[str, np.ndarray]:
        return {name: np.array([name in m.apart_from for m in self.measures]) for name in self.values}

    def count(self, sets: Sequence[Attributes]) -> Mapping[Attributes, CellSums]:
        parts = [self._grouped(number, names) for number, names in enumerate(sets)]
        if not parts:
            return {}
        frame = (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas()
        return {names: self._cells(names, frame[frame.which == n]) for n, names in enumerate(sets)}

    def _grouped(self, number: int, names: Attributes) -> ir.Table:
        t = self.people
        known = t.filter([t[f"a_{name}"].notnull() for name in names])
        codes = {f"c{axis}": known[f"a_{names[axis]}"] if axis < len(names) else 0 for axis in range(3)}
        scores = [known[f"s_{each.name}"] for each in self.measures]
        sums = {f"n{i}": score.count() for i, score in enumerate(scores)}
        sums |= {f"s{i}": score.sum() for i, score in enumerate(scores)}
        sums |= {f"q{i}": (score * score).sum() for i, score in enumerate(scores)}
        grouped = known.group_by(which=ibis.literal(number), **codes).agg(**sums)
        return grouped.mutate(**{name: grouped[name].cast("int64").fill_null(0) for name in sums})

    def _cells(self, names: Attributes, frame: pd.DataFrame) -> CellSums:
        shape = (*(len(self.values[name]) + 1 for name in names), len(self.measures))
        place = tuple(frame[f"c{axis}"].to_numpy(int) for axis in range(len(names)))
        parts = []
        for part in "nsq":
            whole = np.zeros(shape)
            whole[place] = frame[[f"{part}{i}" for i in range(len(self.measures))]].to_numpy(float)
            parts.append(whole)
        return CellSums(*parts)

    def compared(self, found: Search, rate: float) -> list[Compared]:
        """The findings with their figures, the surest first; only those that the figure itself shows."""
        from scipy.stats import norm  # heavy, and only builds need it

        if not found.findings:
            return []
        sums = self.people.aggregate(**dict(self._asked(found.findings))).to_pandas().iloc[0]
        z = float(norm.isf(rate * found.held / found.tried / 2))
        rows = [self._compared(n, each, sums, z) for n, each in enumerate(found.findings)]
        sure = [
            row for row in rows
            if (row.difference > 0) == row.finding.higher and abs(row.difference) > row.half
        ]  # fmt: skip
        return sorted(sure, key=lambda row: (-abs(row.difference) / row.error, row.finding.group))

    def _asked(self, findings: Sequence[Finding]) -> Iterator[tuple[str, ir.Scalar]]:
        t = self.people
        for n, each in enumerate(findings):
            value = t[f"v_{self.measures[each.measure].name}"]
            known = [t[f"a_{name}"].notnull() for name, _ in each.group]
            for side, conditions in (("in", each.group), ("of", each.within)):
                here = ibis.and_(*known, *(t[f"a_{name}"] == v for name, v in conditions))
                squares = value.cast("decimal(38, 0)") * value.cast("decimal(38, 0)")
                yield f"n{n}{side}", value.count(where=here)
                yield f"s{n}{side}", value.cast("decimal(38, 0)").sum(where=here)
                yield f"q{n}{side}", squares.cast("decimal(38, 0)").sum(where=here)

    def _compared(self, n: int, each: Finding, sums: pd.Series, z: float) -> Compared:
        measure = self.measures[each.measure]
        inside, whole = (
            np.array([float(sums[f"{part}{n}{side}"] or 0) for part in "nsq"]) for side in ("in", "of")
        )
        rest = whole - inside
        scale = measure.parts
        means, spreads = [], []
        for count, total, squares in (inside, rest):
            means.append(total / count / scale)
            spreads.append(max(squares - total**2 / count, 0.0) / max(count - 1, 1) / scale**2)
        error = float(np.sqrt(spreads[0] / inside[0] + spreads[1] / rest[0]))
        pooled = (spreads[0] * inside[0] + spreads[1] * rest[0]) / whole[0]
        return Compared(
            each, measure, int(inside[0]), int(rest[0]), means[0], means[1], error or 1e-12,
            float(np.sqrt(pooled)) or 1.0, z,
        )  # fmt: skip


def _row(  # noqa: PLR0917 - a finding, and what is needed to put it into words
    rank: int,
    row: Compared,
    titles: Mapping[str, Text],
    values: Mapping[str, Sequence[str]],
    tried: int,
    currency: str,
) -> dict[str, object]:
    words = in_words(row.finding, titles, values)
    sentence = words.sentence(row.measure, row.value, row.others_value, row.half, currency)
    size = row.difference / row.deviation
    half = row.half / row.deviation
    return {
        "rank": rank, "finding": sentence.en, "finding_zh": sentence.zh,
        "action": action(row.measure, higher=bool(row.difference > 0)),
        "measure": row.measure.title.en, "measure_zh": row.measure.title.zh,
        "group": words.group.en, "group_zh": words.group.zh,
        "within": words.within.en if words.within else None,
        "within_zh": words.within.zh if words.within else None,
        "conditions": len(row.finding.group), "customers": row.customers, "others": row.others,
        "unit": row.measure.unit, "value": row.value, "others_value": row.others_value,
        "difference": row.difference, "low": row.difference - row.half, "high": row.difference + row.half,
        "effect_size": size, "effect_low": size - half, "effect_high": size + half,
        "p_adjusted": row.finding.q, "tried": tried,
    }  # fmt: skip


@discoveries.chart
def unlike(frame: pd.DataFrame) -> alt.LayerChart:
    chinese = language() == "zh"
    first = frame.sort_values("rank").head(15)
    names = ("group_zh", "measure_zh", "finding_zh") if chinese else ("group", "measure", "finding")
    shown = first.assign(
        what=[
            f"{group} · {measure}" for group, measure in zip(first[names[0]], first[names[1]], strict=True)
        ],
        told=first[names[2]],
    )[["what", "told", "effect_size", "effect_low", "effect_high"]]
    base = alt.Chart(shown).encode(
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=420)),
        tooltip=[alt.Tooltip("told:N", title=str(discoveries["finding"].title))],
    )
    x = alt.X("effect_low:Q", title=str(discoveries["effect_size"].title))
    nothing = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(strokeDash=[4, 4]).encode(x="x:Q")
    points = base.mark_point(filled=True, size=70).encode(x="effect_size:Q")
    return nothing + base.mark_rule().encode(x=x, x2="effect_high:Q") + points


@discoveries.sentence
def surest(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text(
            "No group of customers behaves unlike the rest by more than chance.",
            "没有哪个客户群体的行为与众不同到超出偶然。",
        )
    top = frame.sort_values("rank").iloc[0]
    return Text(
        f"{len(frame)} findings held among {top.tried:,} comparisons. The surest: {top.finding}",
        f"{top.tried:,} 次比较中有 {len(frame)} 项发现成立。最确凿的一项：{top.finding_zh}",
    )
