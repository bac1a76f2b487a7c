"""Session: what may a visitor like of whom only this visit is known?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from sys import intern

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.models.purchased_products import is_suppressed
from shuke.models.ranked_lists import POPULAR
from shuke.models.related_products import ANYONE
from shuke.models.signals import BECAUSE, EVERYBODY, NAMES, SEARCH, VAGUE, Weights

#: Within a visit, half of what was looked at is forgotten after so many minutes.
MINUTES = 30.0
SESSION_WEIGHTS = Weights(half_life=MINUTES)

#: The method where nothing but what is popular speaks.
POPULARITY = "popular"

#: Why an event says nothing of what a visitor may like.
NO_SIGNAL = Text("no event of this name speaks for a product", "此名称的事件不反映对商品的兴趣")
NO_PRODUCT = Text("it names no product", "未指明商品")
UNKNOWN = Text("not enough customers have bought a product of this code", "购买过该编码商品的客户不足")
UNMET = Text("the name of no product that is often bought holds these words", "常购商品中没有名称含此词的")
TOO_VAGUE = Text("these words fit too many products", "名称含此词的商品太多")


@dataclass(frozen=True, kw_only=True)
class VisitorEvent:
    """What a visitor did, in the words of the table `events`; without a time it was done last."""

    name: str
    product_id: str | None = None
    query: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A product that a visit speaks for, and what in the visit does so most."""

    rank: int
    product_id: str
    product_name: str
    category: str | None
    score: float
    reason: Text
    method: str  # of the ties, or `popular`


@dataclass(frozen=True)
class ProductTies:
    """The rows of `related_products`, so that one visit after the other can be told at once."""

    names: Mapping[str, str]
    categories: Mapping[str, str]
    related: Mapping[str, Sequence[tuple[str, float]]]  # product -> what goes with it, and how much so
    method: str

    def fitting(self, words: str) -> list[str]:
        """The products with ties whose names hold the words."""
        return [product for product, name in self.spelt.items() if words in name]

    @cached_property
    def spelt(self) -> dict[str, str]:
        """Their names in small letters."""
        return {product: self.names[product].lower() for product in self.related if product != ANYONE}


def ties(related_products: ir.Table) -> ProductTies:
    """Read them; those that find no more than what is popular does are left out."""
    useful = (related_products.product_id == ANYONE) | (related_products.method != POPULARITY)
    rows = related_products.filter(useful).order_by("product_id", "rank").to_pyarrow()
    columns = ("product_id", "product_name", "related_id", "related_name", "category", "weight")
    names: dict[str, str] = {}
    categories: dict[str, str] = {}
    related: dict[str, list[tuple[str, float]]] = {}
    for product, name, other, its_name, category, weight in zip(
        *(rows[column].to_pylist() for column in columns), strict=True
    ):
        related.setdefault(product, []).append((intern(other), weight))
        if product != ANYONE:
            names.setdefault(product, name or product)
        names.setdefault(other, its_name or other)
        if category:
            categories.setdefault(other, category)
    method = next((m for m in rows["method"].unique().to_pylist() if m != POPULARITY), POPULARITY)
    return ProductTies(names, categories, related, method)


def suggestions(
    events: Sequence[VisitorEvent],
    known: ProductTies,
    *,
    many: int = 10,
    suppressed: tuple[str, ...] = (),
    weights: Weights = SESSION_WEIGHTS,
) -> list[Suggestion]:
    """The `many` products that what was done in one visit speaks for, the surest first.

    The score of a product is the sum, over the products that the visit touched, of its interest times the
    weight of `related_products`. Interest is that of the strongest signal, halved every half an hour until
    the visit's last event, as a share of the greatest in the visit; how much what is popular counts beside
    it, stands in `related_products` too. Never shown are the products that the events name, for they have
    been seen, nor the product codes and categories `suppressed`. A visit that touched nothing known gets what
    is popular.
    """
    touched = _touched(events, known, weights)
    parts: dict[str, list[tuple[float, int, str]]] = {}
    for product, (interest, signal) in {**touched, ANYONE: (1.0, POPULAR)}.items():
        for other, weight in known.related.get(product, ()) if interest else ():
            parts.setdefault(other, []).append((interest * weight, -signal, product))
    seen = {event.product_id for event in events}
    scored = [
        (-round(sum(part for part, _, _ in speaking), 9), other, max(speaking))
        for other, speaking in parts.items()
        if other not in seen and not is_suppressed(other, known.categories.get(other, ""), suppressed)
    ]
    best = sorted(scored)[:many]
    return [_told(rank, known, *each) for rank, each in enumerate(best, start=1)]


def heard(event: VisitorEvent, known: ProductTies) -> tuple[int, list[str]] | Text:
    """The kind of signal and the products that it speaks for, in equal parts; or why for none."""
    name = event.name.strip().lower()
    signal = next((number for number, names in NAMES.items() if name in names), None)
    if signal is None:
        return NO_SIGNAL
    if event.product_id:
        return (signal, [event.product_id]) if event.product_id in known.names else UNKNOWN
    words = (event.query or "").strip().lower()
    if signal != SEARCH or len(words) < 2:
        return NO_PRODUCT
    fitting = known.fitting(words)
    if len(fitting) > VAGUE:
        return TOO_VAGUE
    return (signal, fitting) if fitting else UNMET


def _touched(
    events: Sequence[VisitorEvent], known: ProductTies, weights: Weights
) -> dict[str, tuple[float, int]]:
    """Of each product the interest that the visit showed in it, of at most one, and the surest signal."""
    times = [_utc(event.at) for event in events if event.at]
    last = max(times, default=datetime.max.replace(tzinfo=UTC))
    touched: dict[str, tuple[float, int]] = {}
    for event in events:
        told = heard(event, known)
        if isinstance(told, Text):
            continue
        signal, products = told
        minutes = (last - _utc(event.at)).total_seconds() / 60 if event.at else 0.0
        interest = weights.by_kind[signal] * 0.5 ** (minutes / weights.half_life) / len(products)
        for product in products:
            before, surest = touched.get(product, (0.0, signal))
            touched[product] = max(before, interest), min(surest, signal)
    greatest = max((interest for interest, _ in touched.values()), default=0.0) or 1.0
    return {product: (interest / greatest, signal) for product, (interest, signal) in touched.items()}


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(
    rank: int, known: ProductTies, negative: float, product: str, loudest: tuple[float, int, str]
) -> Suggestion:
    _, surest, because = loudest
    begins = BECAUSE.get(-surest)
    name = known.names.get(because, because)
    return Suggestion(
        rank=rank, product_id=product, product_name=known.names[product],
        category=known.categories.get(product), score=-negative,
        reason=Text(begins.en + name, begins.zh + name) if begins else EVERYBODY,
        method=known.method if begins else POPULARITY,
    )  # fmt: skip
