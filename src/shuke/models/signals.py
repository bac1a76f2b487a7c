"""Signals: which product did an event speak for, and how loudly?"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from shuke.languages import Text

#: Numbers of the kinds of signal, the surest first, and how a reason begins.
PURCHASE, CART, FAVOURITE, SEARCH, VIEW = range(5)
BECAUSE: dict[int, Text] = {
    PURCHASE: Text("Because you bought ", "因为您买过"),
    CART: Text("Because you put into the cart ", "因为您加购过"),
    FAVOURITE: Text("Because you like ", "因为您收藏了"),
    SEARCH: Text("Because you searched for things like ", "因为您搜索过类似商品："),
    VIEW: Text("Because you looked at ", "因为您浏览过"),
}

#: What is said of what is popular with all customers, and of what one buys again and again.
EVERYBODY = Text("Popular with all customers", "大家都在买")
AGAIN_AND_AGAIN = Text("You buy it again and again", "您经常回购")

#: What sources call such events, in small letters.
NAMES: dict[int, tuple[str, ...]] = {
    PURCHASE: ("purchase", "order", "order completed", "checkout completed", "购买", "下单", "支付"),
    CART: ("cart", "add_to_cart", "add to cart", "added to cart", "product added", "加购", "加入购物车"),
    FAVOURITE: (
        "favourite", "favorite", "like", "wishlist", "add_to_wishlist", "added to wishlist",
        "product added to wishlist", "收藏", "加入收藏", "喜欢",
    ),
    SEARCH: ("search", "products searched", "searched", "搜索", "搜索商品"),
    VIEW: ("view", "view_item", "product_view", "product viewed", "viewed product", "page_view",
           "浏览", "浏览商品"),
}  # fmt: skip

#: A word that fits more products than this says nothing of any; only so many words are looked up.
VAGUE = 50
QUERIES = 1000


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What each kind of signal counts beside a purchase, which counts one, and after how long half of it."""

    half_life: float
    cart: float = 0.6
    favourite: float = 0.6
    search: float = 0.3
    view: float = 0.2

    @property
    def by_kind(self) -> dict[int, float]:
        return {
            PURCHASE: 1.0,
            CART: self.cart,
            FAVOURITE: self.favourite,
            SEARCH: self.search,
            VIEW: self.view,
        }

    def faded(self, weight: ir.NumericValue, age: ir.NumericValue) -> ir.FloatingValue:
        """What is left after `age`, in the unit of the half-life; what lies ahead counts as now."""
        return weight * ibis.literal(0.5) ** (ibis.greatest(age, 0).cast("float64") / self.half_life)


def signals(events: ir.Table, named: ir.Table, weights: Weights) -> ir.Table:
    """The events that speak for a product, with its `product_id`, their `signal` and `weight`.

    An event of a product speaks for it alone. A search for words speaks for each of the products of
    `named` (product_id, product_name) whose name holds them, in equal parts, if these are at most fifty.
    Events of any other name, and those without a time, speak for nothing.
    """
    called = events.name.lower().strip()
    kind = ibis.cases(*((called.isin(words), number) for number, words in NAMES.items()), else_=-1)
    weight = ibis.cases(*((called.isin(NAMES[n]), w) for n, w in weights.by_kind.items()), else_=0.0)
    marked = events.mutate(signal=kind, weight=weight, words=events.query.lower().strip())
    told = marked.filter((marked.signal >= 0) & (marked.weight > 0) & marked.at.notnull())
    direct = told.filter(told.product_id.notnull())
    searched = told.filter(told.product_id.isnull() & (told.signal == SEARCH) & (told.words.length() > 1))
    meant = searched.drop("product_id").inner_join(_meant(searched, named), "words")
    shared = meant.mutate(weight=meant.weight / meant.fitting)
    columns = (*events.columns, "signal", "weight")
    return direct.select(columns).union(shared.select(columns))


def _meant(searched: ir.Table, named: ir.Table) -> ir.Table:
    """One row per words searched for and product that they fit: `words`, `product_id`, `fitting`."""
    asked = searched.group_by("words").agg(times=searched.count())
    frequent = asked.order_by(asked.times.desc(), asked.words).limit(QUERIES)
    fits = named.product_name.lower().contains(frequent.words)
    found = frequent.join(named, fits).select("words", "product_id")
    counts = found.group_by("words").agg(fitting=found.count())
    clear = counts.filter(counts.fitting <= VAGUE)
    return clear.inner_join(found, "words").select("words", "product_id", "fitting")
