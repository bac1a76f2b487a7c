"""Life facts: who has moved home, and who has retired, by what is known of them?

Expressions over facts, parcels and birth dates; `life_stages` tells of them as stages.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import pd


def stated_moves(facts: ir.Table, as_of: date, months: int, suggested: str | None) -> ir.Table:
    """Whose city or address is a new one: nobody has said the old one since."""
    told = facts.filter(
        facts.attribute.isin(["city", "address"]) & facts.customer_id.notnull() & facts.first_at.notnull()
    )
    plain = told.mutate(place=told.value.replace("市", "").strip())
    places = plain.group_by("customer_id", "attribute", "place").agg(
        begun=plain.first_at.min().date(), last=plain.collected_at.max().date(), fresh=plain.freshness.max()
    )
    newest = ibis.window(group_by=["customer_id", "attribute"], order_by=[places.begun.desc(), places.place])
    ranked = places.mutate(nth=ibis.row_number().over(newest), before=places["last"].lead().over(newest))
    new = ranked.filter((ranked.nth == 0) & (ranked.before < ranked.begun))
    lately = new.filter(new.begun.between(months_before(as_of, months), as_of))
    return _moved(lately, lately.begun, lately.fresh, suggested,
                  Text("A new address or city was first given on ", "首次登记新地址或城市："))  # fmt: skip


def parcels(goods: ir.Table, as_of: date, months: int, suggested: str | None) -> ir.Table:
    """Whose parcels go to another city than they used to; what a shop sold says nothing of a home."""
    shipped = goods.filter(goods.store_id.isnull() & goods.city.notnull())
    cities = shipped.group_by("customer_id", "city").agg(
        begun=shipped.day.min(), last=shipped.day.max(), parcels=shipped.day.nunique()
    )
    newest = ibis.window(group_by="customer_id", order_by=[cities["last"].desc(), cities.city])
    ranked = cities.mutate(
        nth=ibis.row_number().over(newest), before=cities["last"].lead().over(newest),
        earlier=cities.parcels.lead().over(newest),
    )  # fmt: skip
    new = ranked.filter((ranked.nth == 0) & (ranked.before < ranked.begun))
    often = new.filter((new.parcels >= 2) & (new.earlier >= 2))
    lately = often.filter(often.begun.between(months_before(as_of, months), as_of))
    sure = lately.parcels / (lately.parcels + 1)
    return _moved(lately, lately.begun, sure, suggested,
                  Text("Parcels go to another city since ", "收货城市变更，始于 "))  # fmt: skip


def _moved(
    rows: ir.Table, since: ir.DateValue, sure: ir.NumericValue, suggested: str | None, said: Text
) -> ir.Table:
    return rows.mutate(
        stage=ibis.literal("moved"), source=ibis.literal("fact"), since=since, sure=sure.cast("float64"),
        suggested_category=ibis.literal(suggested, type="string"),
        evidence=ibis.literal(said.en) + since.cast(str) + ".",
        evidence_zh=ibis.literal(said.zh) + since.cast(str) + "。",
    )  # fmt: skip


def turned(customers: ir.Table, as_of: date, age: int, suggested: str | None) -> ir.Table:
    """Who turned that age within the last five years, by the range of birth dates that is known."""
    newest, oldest = months_before(as_of, 12 * age), months_before(as_of, 12 * (age + 5))
    people = customers.filter(customers.birth_from.notnull() & customers.birth_until.notnull())
    low, high = ibis.greatest(people.birth_from, oldest), ibis.least(people.birth_until, newest)
    share = (high.delta(low, unit="day") + 1) / (people.birth_until.delta(people.birth_from, unit="day") + 1)
    told = people.mutate(sure=share.cast("float64"), since=days_after(low, ibis.literal(days_of(12 * age))))
    return told.filter(told.sure >= 0.5).mutate(
        stage=ibis.literal("retired"), source=ibis.literal("fact"),
        suggested_category=ibis.literal(suggested, type="string"),
        evidence=ibis.literal(f"Turned {age} within the last five years."),
        evidence_zh=ibis.literal(f"最近五年内年满 {age} 岁。"),
    )  # fmt: skip


def days_of(months: int) -> int:
    return round(months * 30.4375)


def months_before(day: date, months: int) -> date:
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def days_after(day: ir.DateValue, days: ir.IntegerValue) -> ir.DateValue:
    return day + days.cast("int32").as_interval("D")
