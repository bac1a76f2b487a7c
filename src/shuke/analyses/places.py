"""Places: which cities and regions are alike in their customers, and in outside figures?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.customer_measures import common_categories, customer_figures, measures
from shuke.analyses.place_distances import ComparedPlaces, Figures, differing, outside_distance, together
from shuke.analyses.residence import KINDS, residence
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Beside the measures of customers: who they are.
_PEOPLE: dict[str, Text] = {
    "age": Text("age", "年龄"),
    "woman": Text("share of women", "女性占比"),
    "firm": Text("share of organisations", "单位客户占比"),
}

#: So many places stand in the picture.
_SHOWN = 15


@table(
    key=("kind", "place", "rank"),
    first="distance",
    theme="market",
    title=Text("Places that are alike", "相似地区"),
    about=Text(
        "Which cities and regions are alike in their customers?", "哪些城市与地区的客户相似？"),
    subject=None,
    reading=Text(
        "Each bar is a place with the one that is most like it: the shorter, the more alike. Of all pairs "
        "half are further apart than 1.",
        "每条为一地与其最相似之地，越短越相似；所有地区对中有一半距离大于 1。"),
    limits=Text(
        "Alike is told of what is known of customers: age, gender, and how they buy. Places with few "
        "customers are left out. Outside figures count only where they were imported for the places by name.",
        "相似仅就已知的客户情况而言：年龄、性别与购买方式。客户过少的地区不列入；"
        "外部数据仅在按地名导入时计入。"),
    columns=[
        Column("kind", Type.TEXT, Text("Kind of place", "地区类型"), codes=KINDS),
        Column("place", Type.TEXT, Text("Place", "地区")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), note=Text(
            "The most alike first.", "最相似者在前。")),
        Column("other", Type.TEXT, Text("Alike", "相似地区")),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("others", Type.INTEGER, Text("Customers of the other", "相似地区客户数"), unit="count"),
        Column("distance", Type.NUMBER, Text("Distance", "距离"), note=Text(
            "Of customers and outside figures together; 1 is the median of all pairs.",
            "综合客户与外部数据；1 为所有地区对的中位数。")),
        Column("customer_distance", Type.NUMBER, Text("Distance of customers", "客户距离"), note=Text(
            "In standard deviations between customers, less what chance adds.",
            "以客户间标准差计，已扣除偶然成分。")),
        Column("outside_distance", Type.NUMBER, Text("Outside distance", "外部数据距离"), note=Text(
            "Of outside figures, in standard deviations between places; empty where there are none.",
            "外部数据，以地区间标准差计；无数据时为空。")),
        Column("features", Type.INTEGER, Text("Features compared", "比较的特征数"), unit="count"),
        Column("differs_in", Type.TEXT, Text("Differs most in", "差异最大特征（英文）"), note=Text(
            "Empty where no feature differs beyond chance.", "无非偶然差异时为空。")),
        Column("differs_in_zh", Type.TEXT, Text("Differs most in, in Chinese", "差异最大特征")),
        Column("difference", Type.NUMBER, Text("Difference in standard deviations", "标准化差异"), note=Text(
            "Above zero: the place has more than the other.", "大于零：本地高于相似地区。")),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
    ],
)  # fmt: skip
def places(
    purchases: ir.Table,
    customers: ir.Table,
    departures: ir.Table,
    behaviour: ir.Table,
    landed_market: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    days: int = 365,
    min_customers: int = 50,
    max_places: int = 100,
    max_categories: int = 8,
    neighbours: int = 3,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """The `neighbours` places most like each city and each region with `min_customers` customers.

    One row per place and rank; of each kind the `max_places` with most customers. Features are age, share of
    women and of organisations, spending and days of purchase in the last `days`, how spending changed, the
    worth of a day's purchases, discounts, returns, losses, complaints, and the share of spending on each of
    the `max_categories` most bought categories; money and counts by their logarithms.

    Two places differ in a feature by the difference of their means in standard deviations of customers within
    places (Cohen 1988). `customer_distance` is the root of the mean of their squares, each less what chance
    adds, 1 / n + 1 / m. `outside_distance` is that of the newest figures of `market` for places so called, by
    their logarithms, in standard deviations between places. `distance` is the root of the mean square of the
    two, each over its median among all pairs. `differs_in` is the feature that differs most of those that
    differ beyond chance, corrected for all pairs and features (Benjamini and Hochberg 1995), with the 95 %
    interval of the difference.
    """
    shelves = common_categories(purchases, as_of, max_categories)
    titles = {name: measure.title for name, measure in measures(days, shelves).items()} | _PEOPLE
    figures = customer_figures(purchases, departures, behaviour, shelves, as_of=as_of, days=days)
    sums = _sums(figures, customers, residence(customers, departures), as_of)
    outside = _outside(landed_market, as_of)
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        mine = sums[(sums.kind == kind) & (sums.customers >= min_customers)]
        common = mine.sort_values(["customers", "place"], ascending=[False, True]).head(max_places)
        if len(common) > 1:
            compared = ComparedPlaces.of(common.reset_index(drop=True), list(titles))
            rows += _neighbours(
                kind, compared, list(titles.values()), outside, most=neighbours, rate=false_discovery_rate
            )
    if not rows:
        raise NotEnoughData(
            N_("At least two cities or regions with {least} customers each are needed to compare them."),
            least=min_customers,
        )
    frame = pd.DataFrame(rows, columns=list(places.schema))
    return checkpoint(ibis.memtable(frame, schema=places.schema))


def _sums(figures: ir.Table, customers: ir.Table, where: ir.Table, as_of: date) -> pd.DataFrame:
    """One row per place: its customers, and how many know each feature, its sum and that of its squares."""
    who = customers.select("customer_id", "gender", "birth_from", "birth_until", whole="kind")
    span = who.birth_until.delta(who.birth_from, unit="day")
    age = ibis.literal(as_of).delta(who.birth_from, unit="day") - span // 2
    people = who.select(
        "customer_id",
        s_age=ibis.ifelse(span <= 5 * 365, age, ibis.null("int64")).cast("int64"),
        s_woman=(who.gender == "female").cast("int64"), s_firm=(who.whole == "organisation").cast("int64"),
    )  # fmt: skip
    scores = [name for name in (*figures.columns, *people.columns) if name.startswith("s_")]
    told = where.inner_join(figures, "customer_id").inner_join(people, "customer_id")
    return told.group_by("kind", "place").agg(
        customers=told.count(),
        **{f"n{name[1:]}": told[name].count() for name in scores},
        **{f"sum{name[1:]}": told[name].sum().fill_null(0).cast("float64") for name in scores},
        **{
            f"squares{name[1:]}": (told[name] * told[name]).sum().fill_null(0).cast("float64")
            for name in scores
        },
    ).order_by("kind", "place").to_pandas()  # fmt: skip


def _outside(market: ir.Table, as_of: date) -> dict[str, dict[str, float]]:
    """The newest figure of each indicator for each place, by indicator."""
    told = market.filter((market.period <= as_of) & market.region.notnull()).select(
        "indicator", "region", "period", "value", "key"
    ).to_pandas()  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for row in told.sort_values(["period", "key"]).itertuples():
        found.setdefault(str(row.indicator).strip().lower(), {})[str(row.region)] = float(row.value)
    return found


def _neighbours(
    kind: str, compared: ComparedPlaces, titles: Sequence[Text], outside: Figures, *, most: int, rate: float
) -> list[dict[str, object]]:  # fmt: skip
    near, far = compared.distance, outside_distance(compared.names, outside)
    whole = together(near, far)
    adjusted, beyond = differing(compared.p, rate)
    size = np.where(beyond, np.abs(compared.difference), -1.0)
    rows = []
    for one, name in enumerate(compared.names):
        others = [n for n in range(len(compared.names)) if n != one and np.isfinite(whole[one, n])]
        ranked = sorted((float(whole[one, n]), compared.names[n], n) for n in others)
        for rank, (_, _, other) in enumerate(ranked[:most], start=1):
            widest = int(size[one, other].argmax())
            row = {
                "kind": kind, "place": name, "rank": rank, "other": compared.names[other],
                "customers": compared.customers[one], "others": compared.customers[other],
                "distance": whole[one, other], "customer_distance": near[one, other],
                "outside_distance": far[one, other],
                "features": int(np.isfinite(compared.difference[one, other]).sum()),
            }  # fmt: skip
            if size[one, other, widest] >= 0:
                low, high = compared.interval(one, other, widest)
                row |= {
                    "differs_in": titles[widest].en, "differs_in_zh": titles[widest].zh,
                    "low": low, "high": high,
                    "difference": compared.difference[one, other, widest],
                    "p_adjusted": adjusted[one, other, widest],
                }  # fmt: skip
            rows.append(row)
    return rows


@places.chart
def nearest(frame: pd.DataFrame) -> alt.Chart:
    """The place most like each of those with most customers: cities, else regions."""
    kind = next((kind for kind in KINDS if (frame.kind == kind).any()), None)
    first = frame[(frame.kind == kind) & (frame["rank"] == 1)]
    most = first.sort_values(["customers", "place"], ascending=[False, True]).head(_SHOWN)
    shown = most.assign(pair=most.place + " – " + most.other)[["pair", "distance", "customers", "others"]]
    title = {name: str(places[name].title) for name in ("distance", "customers", "others")}
    return (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("pair:N", sort="x", title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("distance:Q", title=title["distance"]),
            tooltip=[
                "pair",
                *(alt.Tooltip(f"{name}:Q", title=text, format=",.4~g") for name, text in title.items()),
            ],
        )
    )


@places.sentence
def most_alike(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text("There are too few places to compare.", "可比较的地区太少。")
    kind = next(kind for kind in KINDS if (frame.kind == kind).any())
    closest = frame[frame.kind == kind].sort_values(["distance", "place"]).iloc[0]
    told = Text(
        f"Customers are most alike in {closest.place} and {closest.other}",
        f"客户最相似的是{closest.place}与{closest.other}",
    )
    if pd.isna(closest.differs_in):
        return Text(f"{told.en}, which differ in nothing beyond chance.", f"{told.zh}，两地无非偶然差异。")
    more = closest.difference > 0
    return Text(
        f"{told.en}; they differ most in {closest.differs_in}, of which {closest.place} has "
        f"{'more' if more else 'less'}.",
        f"{told.zh}；差异最大的是{closest.differs_in_zh}，{closest.place}{'较高' if more else '较低'}。",
    )
