"""Customer measures: by what may customers be told apart, and in which figures may they differ?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from shuke.analyses.survival import ATTRIBUTES, VALUES
from shuke.languages import Text
from shuke.lazy import pd
from shuke.stats import rounded
from shuke.tables import CANONICAL

AGES: dict[str, Text] = {
    "to_24": Text("under 25", "25 岁以下"), "to_34": Text("25 to 34", "25–34 岁"),
    "to_44": Text("35 to 44", "35–44 岁"), "to_54": Text("45 to 54", "45–54 岁"),
    "to_64": Text("55 to 64", "55–64 岁"), "from_65": Text("65 and over", "65 岁及以上"),
}  # fmt: skip
_AGES_UNTIL = (25, 35, 45, 55, 65)

#: By what everybody is told apart, with the words for it; what else people state is added.
OWN: dict[str, Text] = {
    # Not by the season in which they came: all who came in one of them came longer or less long ago.
    **{name: title for name, title in ATTRIBUTES.items() if name != "first_season"},
    "city": Text("City", "城市"),
    "country": Text("Country", "国家"),
    "age": Text("Age", "年龄"),
    "kind": Text("Kind of customer", "客户类型"),
}
WORDS: dict[str, Text] = {
    **VALUES, **AGES,
    "person": Text("person", "个人"), "organisation": Text("organisation", "单位"),
}  # fmt: skip

#: Neither told of a group nor true of one: notes, parts of a name, and what the golden record has.
_NO_GROUP = {
    *OWN,
    "first_season",
    "record_id",
    "remark",
    "since",
    "organisation",
    "birth_month_day",
    "accepts_marketing",
}

YEAR = timedelta(days=365)

#: Attributes that say a figure already.
_TELL_AWAY = {"discounted": ("first_discounted",)}

Unit = Literal["currency", "count", "share", "flag"]


@dataclass(frozen=True)
class CustomerMeasure:
    """A figure that each customer has, or has not.

    A flag is yes or no; a share lies between 0 and 1; money and counts have no bounds and are compared by
    their logarithms, so that a few large ones do not speak for all. `apart_from` are attributes that tell the
    figure away: who first bought tea buys more tea. `good` says whether more of it is good news.
    """

    name: str
    title: Text
    unit: Unit
    good: bool | None = None
    apart_from: tuple[str, ...] = ()

    @property
    def parts(self) -> int:
        """In how many parts of one the figure is kept: whole numbers add up alike on every engine."""
        return {"flag": 1, "share": 10_000}.get(self.unit, 100)


def measures(days: int, categories: Iterable[str]) -> dict[str, CustomerMeasure]:
    """What is compared: spending and its change, what goes wrong, and where the money goes."""
    lately = f"in the last {days} days"
    named: list[tuple[str, Text, Unit, bool]] = [
        ("spent", Text(f"spending {lately}", f"近 {days} 天消费额"), "currency", True),
        ("visits", Text(f"days with a purchase {lately}", f"近 {days} 天购买天数"), "count", True),
        ("spent_change", Text(
            f"spending {lately} less that of the {days} days before", f"近 {days} 天消费额较此前的变化"),
            "currency", True),
        ("order_value", Text("spending on a day with a purchase", "每个购买日消费额"), "currency", True),
        ("discounted", Text("share of the price taken off", "折扣占原价的比例"), "share", False),
        ("returned", Text("share who returned something", "曾退货的比例"), "flag", False),
        ("lost", Text("share lost within a year of the first purchase", "首购一年内流失的比例"), "flag",
            False),
        ("complained", Text("share who complained", "曾投诉的比例"), "flag", False),
    ]  # fmt: skip
    told = [CustomerMeasure(*each, _TELL_AWAY.get(each[0], ())) for each in named]
    shelves = [
        CustomerMeasure(f"on_{n}", Text(f"share of spending on {name}", f"「{name}」占消费的比例"), "share",
            None, ("first_category",))
        for n, name in enumerate(categories)
    ]  # fmt: skip
    return {each.name: each for each in (*told, *shelves)}


def stated_attributes(facts: ir.Table, *, least: int, most: int) -> dict[str, Text]:
    """What people state beside the golden record, where its values make groups: the widest known first.

    An attribute is one where the values that `least` customers share are those of half of all who state it;
    names, numbers and addresses are none, whoever shares them.
    """
    declared = {column.name: column for column in CANONICAL["people"]}
    barred = _NO_GROUP | {name for name, c in declared.items() if c.pii not in (None, "text")}
    told = facts.filter(facts.wins & facts.attribute.notin([*sorted(barred), "phone", "email", "given_name"]))
    counts = told.group_by("attribute", "value").agg(customers=told.customer_id.nunique())
    each = counts.group_by("attribute").agg(
        known=counts.customers.sum(), grouped=counts.customers.sum(where=counts.customers >= least)
    )
    frame = each.filter(each.grouped * 2 >= each.known).to_pandas()
    ranked = frame.sort_values(["known", "attribute"], ascending=[False, True]).attribute.head(most)
    return {name: declared[name].title if name in declared else Text(name, name) for name in ranked}


def customer_attributes(
    departures: ir.Table,
    customers: ir.Table,
    purchases: ir.Table,
    facts: ir.Table,
    stated: Iterable[str],
    *,
    as_of: date,
) -> ir.Table:
    """One row per customer who ever bought, with a text for each attribute; empty where it is not known."""
    place = purchases.filter(purchases.customer_id.notnull() & (purchases.day <= as_of))
    seen = place.group_by("customer_id").agg(
        **{
            f"{name}_bought": place[name].argmin(place.line_id, where=place[name].notnull())
            for name in ("city", "country")
        }
    )
    who = customers.select("customer_id", "city", "country", "kind", "birth_from", "birth_until")
    first = departures.select("customer_id", *(name for name in ATTRIBUTES if name in OWN))
    told = first.left_join(who, "customer_id").drop("customer_id_right")
    here = told.left_join(seen, "customer_id").drop("customer_id_right")
    known = here.mutate(
        city=ibis.coalesce(here.city, here.city_bought),
        country=ibis.coalesce(here.country, here.country_bought),
        age=_age(here, as_of),
    )
    if names := list(stated):
        winning = facts.filter(facts.wins & facts.attribute.isin(names))
        wide = winning.group_by("customer_id").agg(
            **{name: winning.value.max(where=winning.attribute == name) for name in names}
        )
        known = known.left_join(wide, "customer_id").drop("customer_id_right")
    return known.select("customer_id", *OWN, *names)


def _age(people: ir.Table, as_of: date) -> ir.StringValue:
    span = people.birth_until.delta(people.birth_from, unit="day")
    days = ibis.literal(as_of).delta(people.birth_from, unit="day") - span / 2
    years = ibis.ifelse(span <= 5 * 365, days / 365.25, None)
    bands = zip(_AGES_UNTIL, AGES, strict=False)
    return ibis.cases(
        *((years < until, band) for until, band in bands), (years >= _AGES_UNTIL[-1], list(AGES)[-1])
    )


def common_categories(purchases: ir.Table, as_of: date, most: int) -> list[str]:
    """The `most` categories that the most customers bought."""
    sold = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & (purchases.day <= as_of)
    )
    named = sold.filter(sold.category.notnull())
    counted = named.group_by("category").agg(buyers=named.customer_id.nunique()).to_pandas()
    ranked = counted.sort_values(["buyers", "category"], ascending=[False, True])
    return [str(name) for name in ranked.category.head(most)]


def customer_figures(
    purchases: ir.Table,
    departures: ir.Table,
    behaviour: ir.Table,
    categories: Iterable[str],
    *,
    as_of: date,
    days: int,
) -> ir.Table:
    """One row per customer who ever bought: for each measure `v_` its value and `s_` its score.

    Both are whole numbers, empty where a figure is not known: what was spent and how it changed is told of
    those who were there before the days that are compared, who is lost of those who came a year ago or
    earlier. Money is net of returns; shares are of what was sold.
    """
    shelves = list(categories)
    new, old = as_of - timedelta(days=days), as_of - timedelta(days=2 * days)
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & (purchases.day <= as_of)
    )
    sold, lately = ~goods.is_return, goods.day > new
    amount = goods.amount.fill_null(0)
    sums = goods.group_by("customer_id").agg(
        now=amount.sum(where=lately), before=amount.sum(where=~lately & (goods.day > old)),
        days_now=goods.day.nunique(where=sold & lately), all_days=goods.day.nunique(where=sold),
        gross=amount.sum(where=sold), off=goods.discount.fill_null(0).abs().sum(where=sold),
        returned=(~sold).sum(),
        **{f"on_{n}": amount.sum(where=sold & (goods.category == name)) for n, name in enumerate(shelves)},
    )  # fmt: skip
    stands = departures.select("customer_id", "first_day", "lost", "tenure_days")
    spoke = behaviour.select("customer_id", "complaints")
    joined = stands.left_join(sums, "customer_id").drop("customer_id_right")
    t = joined.left_join(spoke, "customer_id").drop("customer_id_right")

    def since(day: date, value: ir.NumericValue) -> ir.FloatingValue:
        return ibis.ifelse(t.first_day <= day, value.fill_null(0).cast("float64"), None)

    gross = ibis.ifelse(t.gross > 0, t.gross.cast("float64"), None)
    now, before = since(old, t.now), since(old, t.before)
    kept = {
        "spent": _amount(since(new, t.now)),
        "visits": _amount(since(new, t.days_now)),
        "spent_change": (_whole(now - before, 100), _whole(_tamed(now) - _tamed(before), 1000)),
        "order_value": _amount(gross / t.all_days.nullif(0)),
        "discounted": _share(t.off.cast("float64") / (gross + t.off.cast("float64"))),
        "returned": _flag(t.returned > 0),
        "lost": _flag(ibis.ifelse(t.first_day <= as_of - YEAR, t.lost & (t.tenure_days <= YEAR.days), None)),
        "complained": _flag(t.complaints.fill_null(0) > 0),
        **{f"on_{n}": _share(t[f"on_{n}"].fill_null(0).cast("float64") / gross) for n in range(len(shelves))},
    }
    columns = {f"v_{name}": value for name, (value, _) in kept.items()}
    return t.select("customer_id", **columns, **{f"s_{name}": score for name, (_, score) in kept.items()})


Kept = tuple[ir.IntegerValue, ir.IntegerValue]


def _amount(value: ir.FloatingValue) -> Kept:
    return _whole(value, 100), _whole(_tamed(value), 1000)


def _share(value: ir.FloatingValue) -> Kept:
    return _whole(value, 10_000), _whole(value, 10_000)


def _flag(value: ir.BooleanValue) -> Kept:
    return value.cast("int64"), value.cast("int64")


def _whole(value: ir.FloatingValue, parts: int) -> ir.IntegerValue:
    return rounded(value * parts, 0).cast("int64")


def _tamed(value: ir.FloatingValue) -> ir.FloatingValue:
    """The logarithm of a figure, on either side of nothing."""
    return ibis.ifelse(value < 0, -1.0, 1.0) * (value.abs() + 1).ln()


def common_values(
    people: ir.Table, attributes: Iterable[str], *, least: int, most: int
) -> dict[str, list[str]]:
    """The commonest values of each attribute of which there are two at least to be compared."""
    counted = ibis.union(
        *(
            people.filter(people[name].notnull())
            .group_by(attribute=ibis.literal(name), value=people[name])
            .agg(customers=lambda t: t.count())
            for name in attributes
        )
    )
    frame: pd.DataFrame = counted.to_pandas().sort_values(
        ["attribute", "customers", "value"], ascending=[True, False, True]
    )
    found = {}
    for name in attributes:
        mine = frame[frame.attribute == name]
        common = mine[mine.customers >= least].head(most)
        if len(common) and len(mine) > 1:
            found[name] = [str(value) for value in common.value]
    return found
