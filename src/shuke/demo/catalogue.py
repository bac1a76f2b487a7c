"""Catalogue: which shops and products are there, and who reaches for which product?

Tables made here: `stores` (one in each city), `products`, and `shelves`, on which a product takes as
much room as it is liked: a fair draw of one of the `TICKS` of a shelf is a draw by popularity. Where a new
product stands, `before` is what stood there until it was launched, `launched` days before the last one.
"""

import hashlib
from bisect import bisect
from itertools import accumulate

import duckdb
import pyarrow as pa

from shuke.demo import goods, words
from shuke.demo.goods import Product

TICKS = 1024

#: Shelves beyond the categories: what people with a motive look at, whatever the category
MOTIVES = {"price": 101, "service": 102, "product": 103}

#: how much each motive likes the variants (standard, small, family size, deluxe), and what is new
_LIKING = {"price": (3, 8, 2, 0, 2), "service": (4, 2, 8, 2, 2), "product": (3, 1, 1, 9, 9)}

#: a new product is liked more than most: between 10 and 1000
_NEW = 600


def make(db: duckdb.DuckDBPyConnection, *, seed: int) -> None:
    """Make `stores`, `products` and `shelves`."""
    products = goods.products()
    _load(db, "stores", _stores())
    _load(db, "products", [_row(product) for product in products])
    _load(db, "shelves", [row for shelf in _shelves(products, seed=seed) for row in shelf])


def _load(db: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, object]]) -> None:
    with_arrow = pa.Table.from_pylist(rows)
    db.register("rows", with_arrow)
    db.execute(f"CREATE TABLE {name} AS FROM rows")
    db.unregister("rows")


def _stores() -> list[dict[str, object]]:
    distinct = {str(city["city"]): city for city in words.cities()}
    return [
        {
            "number": number,
            "code": f"S{number:02d}",
            **city,
            "phone": f"400-820-{8000 + number}",
            "square_metres": 180 + 37 * (number * 7 % 23),
        }
        for number, city in enumerate(distinct.values(), start=1)
    ]


def _row(product: Product) -> dict[str, object]:
    return {
        "number": product.number,
        "sku": product.sku,
        "shelf": product.shelf,
        "name": {"zh": product.name_zh, "en": product.name_en},
        "category": {"zh": product.category_zh, "en": product.category_en},
        "cents": product.cents,
        "cost": product.cents * (45 + product.number * 7 % 25) // 100,
        "companion": product.companion,
        "brand": product.brand,
        "life": product.life,
        "launched": product.launched,
        "stars": product.stars,
    }


def _shelves(products: list[Product], *, seed: int) -> list[list[dict[str, object]]]:
    liking = {product.number: _popularity(product, seed=seed) for product in products}
    categories = [
        _shelf(shelf, products, {p.number: liking[p.number] for p in products if p.shelf == shelf})
        for shelf in sorted({product.shelf for product in products})
    ]
    motives = [
        _shelf(
            MOTIVES[motive], products, {p.number: liking[p.number] * by_variant[p.variant] for p in products}
        )
        for motive, by_variant in _LIKING.items()
    ]
    return categories + motives


def _popularity(product: Product, *, seed: int) -> int:
    """Few are liked much and many a little: between 10 and 1000."""
    if product.launched:
        return _NEW
    digest = hashlib.md5(f"{seed}:popularity:{product.number}".encode(), usedforsecurity=False).digest()
    return 1000 // (1 + digest[0] * 99 // 255)


def _shelf(number: int, products: list[Product], liking: dict[int, int]) -> list[dict[str, object]]:
    launched = {product.number: product.launched for product in products if product.launched}
    now, before = _row_of(liking), _row_of({p: much for p, much in liking.items() if p not in launched})
    return [
        {"shelf": number, "tick": tick, "product": new, "before": old, "launched": launched.get(new)}
        for tick, (new, old) in enumerate(zip(now, before, strict=True))
    ]


def _row_of(liking: dict[int, int]) -> list[int]:
    upto = list(accumulate(liking.values()))
    products = list(liking)
    return [products[bisect(upto, tick * upto[-1] // TICKS)] for tick in range(TICKS)]
