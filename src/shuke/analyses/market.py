"""Market: how much do we sell to how many, where, and how much of the market is that?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pa, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What files call the size of a market in money, and the people who live in a place; a company adds its own.
MARKET_SIZE = (
    "market size",
    "market_size",
    "market volume",
    "retail sales",
    "市场规模",
    "市场容量",
    "零售总额",
)
POPULATION = ("population", "inhabitants", "residents", "人口", "常住人口", "居民数")

#: All places together.
EVERYWHERE = "*"
#: A figure whose next one is so many days later is one of a year, of a quarter, else of a month.
_SPANS = ((300, 12), (80, 3))


@table(
    key=("place", "month"),
    first="-month",
    theme="market",
    title=Text("Market", "市场"),
    about=Text(
        "How much do we sell to how many customers, and how much of the market is that?",
        "我们卖给多少客户，销售多少，占市场多大份额？"),
    reading=Text(
        "The bars are the customers of each month, the line what each of them bought on the average.",
        "柱为各月购买的客户数，线为平均每位客户的购买额。"),
    limits=Text(
        "Of a market nobody has figures but those that were imported; a share rests on them and is named "
        "after their source. Customers yet to be won are those whom some file names, not all there are.",
        "市场数据仅限所导入者；份额以其为依据，并注明来源。待争取客户仅指文件中有记录者，并非全部。"),
    subject=None,
    columns=[
        Column("place", Type.TEXT, Text("Region", "地区"), codes={EVERYWHERE: Text("everywhere", "全部")}),
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("sales", Type.MONEY, Text("Net sales", "净销售额"), unit="currency"),
        Column("customers", Type.INTEGER, Text("Known customers", "已知客户数"), unit="count"),
        Column("average_purchase", Type.MONEY, Text("Average purchase", "客均购买额"), unit="currency",
            note=Text("What a known customer bought in the month.", "当月每位已知客户的购买额。")),
        Column("new_customers", Type.INTEGER, Text("New customers", "新客户"), unit="count"),
        Column("won_so_far", Type.INTEGER, Text("Customers so far", "累计客户"), unit="count"),
        Column("to_be_won", Type.INTEGER, Text("Yet to be won", "待争取客户"), unit="count", note=Text(
            "Known by the end of the month, and without a purchase until then.",
            "截至月末已知而从未购买者。")),
        Column("regions", Type.INTEGER, Text("Regions sold to", "售达地区数"), unit="count"),
        Column("small", Type.INTEGER, Text("Buyers of little", "低购买力客户"), unit="count", note=Text(
            "Thirds of what customers bought in a month, over all months and places.",
            "按客户月购买额三等分，跨所有月份与地区。")),
        Column("middling", Type.INTEGER, Text("Buyers of a middling amount", "中购买力客户"), unit="count"),
        Column("large", Type.INTEGER, Text("Buyers of much", "高购买力客户"), unit="count"),
        Column("population", Type.QUANTITY, Text("Population", "人口")),
        Column("penetration", Type.NUMBER, Text("Penetration", "渗透率"), unit="share", note=Text(
            "Customers so far among the population.", "累计客户占人口的比例。")),
        Column("market_size", Type.MONEY, Text("Size of the market", "市场规模"), unit="currency", note=Text(
            "Of the span of the outside figure.", "为外部数据所属时段的规模。")),
        Column("market_share", Type.NUMBER, Text("Share of the market", "市场份额"), unit="share", note=Text(
            "Our sales in that span over the size of the market; empty where it is not over yet.",
            "该时段内我方销售额占市场规模的比例；时段未结束时为空。")),
        Column("figures_of", Type.TEXT, Text("By whose figures", "数据来源"), note=Text(
            "The sources that named the market or the population.", "提供市场规模或人口数据的来源。")),
    ],
)  # fmt: skip
def market(
    purchases: ir.Table,
    customers: ir.Table,
    landed_market: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    market_size: tuple[str, ...] = MARKET_SIZE,
    population: tuple[str, ...] = POPULATION,
) -> ir.Table:
    """Sales, customers, those yet to be won and the share of the market, by month and region of sale.

    One row per month with a sale and region, and one per month of all (`*`). Sales are net of returns, of
    goods, whoever bought them. New customers are counted where and when they first bought; those yet to be
    won where they live. An outside figure counts for the span from its period on: a year, a quarter or a
    month, by how far apart the figures of its indicator are (one of the first of January alone is a year's).
    A share is our sales of that span over the figure, once the span is over. Indicators of a market's size
    are called as in `market_size`, those of people as in `population`; of several sources the newest counts.
    """
    goods = purchases.filter((purchases.kind == "goods") & (purchases.day <= as_of))
    if not goods.count().to_pyarrow().as_py():
        raise NotEnoughData(N_("Nobody has bought anything yet."))
    frame = _sales(goods)
    frame = frame.merge(_bands(goods, checkpoint), how="left", on=["place", "month"])
    frame = _people(frame, goods, customers, as_of)
    told = landed_market.filter(landed_market.period <= as_of)
    frame = _with_figures(frame, told.select("indicator", "region", "period", "value", "source").to_pandas(),
                          as_of, market_size, population)  # fmt: skip
    return checkpoint(ibis.memtable(_rows(frame)))


def _rows(frame: pd.DataFrame) -> pa.Table:
    """The rows with nothing where nothing is known; decimals as texts, which both engines take so."""
    kinds = market.schema.to_pyarrow()
    texts = {field.name for field in kinds if pa.types.is_decimal(field.type)}
    written = pa.schema([(f.name, pa.string() if f.name in texts else f.type) for f in kinds])
    known = [
        {n: None if pd.isna(v) else str(v) if n in texts else v for n, v in row.items()}
        for row in frame[list(market.schema)].to_dict("records")
    ]
    return pa.Table.from_pylist(known, schema=written)


def _everywhere(rows: ir.Table) -> ir.Table:
    """The rows by place, and once more for all places."""
    here = rows.filter(rows.region.notnull()).mutate(place=lambda t: t.region)
    return here.union(rows.mutate(place=ibis.literal(EVERYWHERE)))


def _dates(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name]).dt.date for name in names})


def _sales(goods: ir.Table) -> pd.DataFrame:
    placed = _everywhere(goods)
    known = placed.customer_id.notnull()
    sums = placed.group_by("place", "month").agg(
        sales=placed.amount.sum().fill_null(0), customers=placed.customer_id.nunique(),
        theirs=placed.amount.sum(where=known).fill_null(0), regions=placed.region.nunique(),
    ).to_pandas()  # fmt: skip
    parts = zip(sums.theirs, sums.customers, strict=True)
    each = [(total / n).quantize(Decimal("0.0001")) if n else None for total, n in parts]
    return _dates(sums.assign(average_purchase=each), "month")


def _bands(goods: ir.Table, checkpoint: Checkpoint) -> pd.DataFrame:
    """How many customers bought little, a middling amount or much, by thirds of all customers and months."""
    known = goods.filter(goods.customer_id.notnull())
    placed = _everywhere(known)
    each = checkpoint(placed.group_by("place", "month", "customer_id").agg(spent=placed.amount.sum()))
    whole = each.filter(each.place == EVERYWHERE).spent.cast("float64")
    ends = each.filter(each.place == EVERYWHERE).agg(low=whole.quantile(1 / 3), high=whole.quantile(2 / 3))
    joined = each.cross_join(ends)
    spent = joined.spent.cast("float64")
    counted = joined.group_by("place", "month").agg(
        small=(spent <= joined.low).sum(), large=(spent > joined.high).sum(),
        middling=((spent > joined.low) & (spent <= joined.high)).sum(),
    )  # fmt: skip
    return _dates(counted.to_pandas(), "month")


def _people(frame: pd.DataFrame, goods: ir.Table, customers: ir.Table, as_of: date) -> pd.DataFrame:
    """New customers, those so far, and those yet to be won, by the end of each month."""
    known = goods.filter(goods.customer_id.notnull())
    placed = _everywhere(known)
    firsts = placed.group_by("place", "customer_id").agg(month=placed.month.min())
    new = _counts(firsts.group_by("place", "month").agg(n=firsts.count()).to_pandas())
    first_of_all = known.group_by("customer_id").agg(first=known.month.min())
    people = customers.left_join(first_of_all, "customer_id").select(
        customers.region, known=customers.first_seen.date().truncate("M"), first=first_of_all.first
    )  # fmt: skip
    living = _everywhere(people.filter((people.known <= as_of).fill_null(True)))
    seen = _counts(living.group_by("place", month=ibis.least(living.known, living["first"])).agg(
        n=lambda t: t.count()).to_pandas())  # fmt: skip
    bought = _counts(living.group_by("place", month=living["first"]).agg(n=lambda t: t.count()).to_pandas())
    rows = list(zip(frame.place, frame.month, strict=True))
    return frame.assign(
        new_customers=[new.get(place, {}).get(month, 0) for place, month in rows],
        won_so_far=[_until(new, place, month) for place, month in rows],
        to_be_won=[_until(seen, place, month) - _until(bought, place, month) for place, month in rows],
    )


_Counts = dict[str, dict[date, int]]


def _counts(frame: pd.DataFrame) -> _Counts:
    found: _Counts = {}
    for row in _dates(frame.dropna(subset=["month"]), "month").itertuples():
        found.setdefault(str(row.place), {})[row.month] = int(row.n)
    return found


def _until(counts: _Counts, place: str, month: date) -> int:
    return sum(n for at, n in counts.get(place, {}).items() if at <= month)


def _with_figures(
    frame: pd.DataFrame,
    told: pd.DataFrame,
    as_of: date,
    market_size: tuple[str, ...],
    population: tuple[str, ...],
) -> pd.DataFrame:
    named = _dates(told, "period").assign(
        place=told.region.fillna(EVERYWHERE), word=told.indicator.str.lower().str.strip()
    )
    sold = {(row.place, row.month): row.sales for row in frame.itertuples()}
    sizes, people = (
        _spans(named[named.word.isin([word.lower() for word in words])])
        for words in (market_size, population)
    )
    rows: list[dict[str, object]] = []
    for place, month, so_far in zip(frame.place, frame.month, frame.won_so_far, strict=True):
        size, living = _in_force(sizes, place, month, ends=True), _in_force(people, place, month, ends=False)
        told_by = dict.fromkeys(each.source for each in (size, living) if each)
        share = None
        if size and size.last <= as_of:
            ours = sum((sold.get((place, m), Decimal(0)) for m in size.months), Decimal(0))
            share = float(ours / size.value) if size.value else None
        rows.append(
            {
                "market_size": size.value if size else None, "market_share": share,
                "population": living.value if living else None,
                "penetration": float(so_far / living.value) if living and living.value else None,
                "figures_of": ", ".join(told_by) or None,
            }
        )  # fmt: skip
    return pd.concat([frame.reset_index(drop=True), pd.DataFrame(rows)], axis=1)


@dataclass(frozen=True)
class _Figure:
    """An outside figure, whose it is, and the months that it is about."""

    value: Decimal
    source: str
    months: tuple[date, ...]

    @property
    def last(self) -> date:
        """The last day that it is about."""
        return (self.months[-1] + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _spans(rows: pd.DataFrame) -> dict[str, list[_Figure]]:
    """The figures of each place in the order of their periods."""
    found: dict[str, list[_Figure]] = {}
    for place, mine in rows.groupby("place"):
        newest = mine.sort_values(["period", "source"]).drop_duplicates("period", keep="last")
        starts = [period.replace(day=1) for period in newest.period]
        length = _months_of(starts)
        found[str(place)] = [
            _Figure(value, source, tuple(_month(start, n) for n in range(length)))
            for value, source, start in zip(newest.value, newest.source, starts, strict=True)
        ]
    return found


def _months_of(starts: Sequence[date]) -> int:
    if len(starts) == 1:
        return 12 if starts[0].month == 1 else 1
    nearest = min((later - sooner).days for sooner, later in pairwise(starts))
    return next((months for days, months in _SPANS if nearest >= days), 1)


def _month(start: date, further: int) -> date:
    at = start.month - 1 + further
    return date(start.year + at // 12, at % 12 + 1, 1)


def _in_force(figures: dict[str, list[_Figure]], place: str, month: date, *, ends: bool) -> _Figure | None:
    """The newest figure of a place that a month may go by; one that `ends` tells of its own months alone."""
    begun = [each for each in figures.get(place, []) if each.months[0] <= month]
    return begun[-1] if begun and (not ends or month in begun[-1].months) else None


@market.chart
def customers_and_purchases(frame: pd.DataFrame) -> alt.LayerChart:
    whole = frame[frame.place == EVERYWHERE].sort_values("month").tail(36)
    shown = whole.assign(
        month=pd.to_datetime(whole.month), average_purchase=whole.average_purchase.astype(float)
    )
    title = {name: str(market[name].title) for name in ("customers", "average_purchase", "to_be_won")}
    written = str(Text("%b %Y", "%Y年%-m月"))
    base = alt.Chart(shown[["month", *title]]).encode(
        x=alt.X("yearmonth(month):T", title=None, axis=alt.Axis(format=written)),
        tooltip=[alt.Tooltip(f"{name}:Q", title=text, format=",.0f") for name, text in title.items()],
    )
    bars = base.mark_bar(opacity=0.5).encode(y=alt.Y("customers:Q", title=title["customers"]))
    worth = alt.Y("average_purchase:Q", title=title["average_purchase"], axis=alt.Axis(format="~s"))
    return alt.layer(bars, base.mark_line(point=True).encode(y=worth)).resolve_scale(y="independent")


@market.sentence
def last_month(frame: pd.DataFrame, *, currency: str = "") -> Text:
    whole = frame[frame.place == EVERYWHERE].sort_values("month")
    row = whole.iloc[-1]
    month = pd.Timestamp(row.month)
    each = formats.amount(0 if pd.isna(row.average_purchase) else row.average_purchase, currency)
    told = Text(
        f"In {month:%B %Y} {row.customers:,.0f} known customers bought {each.en} each on the average; "
        f"{row.to_be_won:,.0f} people known are yet to be won.",
        f"{month.year}年{month.month}月有 {row.customers:,.0f} 位已知客户购买，人均 {each.zh}；"
        f"已知而尚待争取者 {row.to_be_won:,.0f} 位。",
    )
    shares = whole[whole.market_share.notna()]
    if shares.empty:
        return Text(
            f"{told.en} No outside figures of the market's size were imported for a span that is over, "
            "so our share of it is not known.",
            f"{told.zh}未导入已结束时段的市场规模数据，故市场份额不明。",
        )
    last = shares.iloc[-1]
    return Text(
        f"{told.en} By the figures of {last.figures_of} we have {last.market_share:.1%} of the market.",
        f"{told.zh}据 {last.figures_of} 的数据，我们占市场的 {last.market_share:.1%}。",
    )
