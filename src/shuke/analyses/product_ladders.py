"""Product ladders: which products are better and lesser makes of one thing, and which is the better?"""

from __future__ import annotations

import re
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd

#: Words that name a make and not a thing; a company adds its own in shuke.toml.
MAKES = (
    "small", "medium", "large", "mini", "standard", "basic", "classic", "deluxe", "premium", "plus", "pro",
    "max", "xl", "xs", "family size", "value pack",
    "小份装", "标准装", "家庭装", "升级款", "豪华款", "基础款",
    "经典款", "旗舰款", "标准版", "专业版", "尊享版", "升级版", "豪华版", "小号", "中号", "大号", "大份装",
)  # fmt: skip
LADDERS: dict[str, Text] = {
    "variant": Text("makes of a thing", "同款升级"),
    "price_band": Text("price bands", "价格档"),
}
#: Bands of price in a category, where a product has no sisters.
BANDS = 3


def sold(purchases: ir.Table) -> ir.Table:
    """The lines of goods sold to known customers."""
    return purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )


def ladders(goods: ir.Table, products: ir.Table, makes: tuple[str, ...]) -> pd.DataFrame:
    """Each product that has a place on a ladder; the dearer stands the higher.

    `family`, `ladder` (`variant` or `price_band`), `rung` from 1, `top`, `product_id`, `name`, `price`, and
    `gain`: what a piece leaves over its cost, or its price where no cost is known.

    Products of a category whose names differ only in `makes`, or in what follows a comma or a bracket, are
    variants of one thing. Those that stand alone go by the third of their category's prices.
    """
    costs = products.select("product_id", "cost", "list_price")
    sold = goods.filter(goods.product_id.notnull() & (goods.quantity > 0)).group_by("product_id")
    prices = sold.agg(
        name=goods.product_name.max(), category=goods.category.max(),
        amount=goods.amount.sum().cast("float64"),
        pieces=goods.quantity.sum().cast("float64"), buyers=goods.customer_id.nunique(),
    ).left_join(costs, "product_id").drop("product_id_right")  # fmt: skip
    frame = prices.mutate(cost=prices.cost.cast("float64"), list_price=prices.list_price.cast("float64"))
    told = frame.to_pandas()
    price = (told.amount / told.pieces).fillna(told.list_price).astype(float)
    priced = told.assign(price=price, gain=price - told.cost.fillna(0.0).astype(float))[price > 0]
    named = priced[priced.name.notna()].sort_values(["price", "product_id"])
    if named.empty:
        return pd.DataFrame(columns=[*_TEXTS, "rung", "top", "price", "gain", "buyers"])
    return _placed(named, makes)


_TEXTS = ("family", "ladder", "product_id", "name")


def _placed(named: pd.DataFrame, makes: tuple[str, ...]) -> pd.DataFrame:
    shelf = named.category.fillna("")
    thing = named.name.map(lambda name: thing_of(name, makes))
    grouped = named.assign(shelf=shelf, thing=thing)
    sisters = grouped.groupby(["shelf", "thing"]).product_id.transform("count") > 1
    variants = grouped[sisters].assign(ladder="variant", family=lambda f: f.shelf + " > " + f.thing)
    variants["rung"] = variants.groupby("family").cumcount() + 1
    alone = grouped[~sisters & (shelf != "")].assign(ladder="price_band", family=lambda f: f.shelf)
    nth, many = alone.groupby("family").cumcount(), alone.groupby("family").product_id.transform("count")
    alone["rung"] = np.where(many >= BANDS, nth * BANDS // many.clip(lower=1) + 1, nth + 1)
    both = pd.concat([variants, alone])
    both["family"] = both.family.str.removeprefix(" > ")
    return both.assign(top=both.groupby(["ladder", "family"]).rung.transform("max"))


def thing_of(name: str, makes: tuple[str, ...]) -> str:
    """The name without its make: "Wok, deluxe" is a wok.

    thing_of("Wok, deluxe", MAKES)   "wok"
    thing_of("炒锅 升级款", MAKES)    "炒锅"
    """
    plain = re.split(r"[,，(（\[【]", name.lower().strip(), maxsplit=1)[0] or name.lower()
    words = "|".join(re.escape(make.lower()) for make in sorted(makes, key=len, reverse=True))
    bare = re.sub(rf"(?<![a-z])(?:{words})(?![a-z])", " ", plain) if words else plain
    return thing if len(thing := " ".join(bare.split())) > 1 else plain


def as_table(rungs: pd.DataFrame) -> ir.Table:
    """The ladders as a table."""
    schema = {
        **dict.fromkeys(_TEXTS, "string"), "rung": "int64", "top": "int64", "price": "float64",
        "gain": "float64", "buyers": "int64",
    }  # fmt: skip
    return ibis.memtable(rungs[list(schema)].reset_index(drop=True), schema=schema)


def placed(goods: ir.Table, rungs: ir.Table) -> ir.Table:
    """The highest rung that each customer bought of each ladder on each day, and how many pieces."""
    places = rungs.select("product_id", "ladder", "family", "rung")
    lines = goods.select("customer_id", "product_id", "day", pieces=goods.quantity.cast("float64"))
    joined = lines.inner_join(places, "product_id")
    return joined.group_by("customer_id", "ladder", "family", "day").agg(
        rung=joined.rung.max(), pieces=joined.pieces.sum()
    )


def standing(days: ir.Table, cuts: list[date]) -> ir.Table:
    """On which rung of each ladder a customer stood at each cut, for how long, and how many they take."""
    looks = ibis.memtable(pd.DataFrame({"at": cuts}), schema={"at": "date"})
    seen = days.inner_join(looks, days.day <= looks["at"])
    held = seen.group_by("at", "customer_id", "ladder", "family").agg(
        rung=seen.rung.argmax(seen.day), last_day=seen.day.max(), pieces=seen.pieces.mean()
    )
    since = held["at"].delta(held.last_day, unit="day")
    idle = ibis.cases((since <= 30, 0), (since <= 90, 1), (since <= 180, 2), (since <= 365, 3), else_=4)
    return held.mutate(idle=idle.cast("int64"))
