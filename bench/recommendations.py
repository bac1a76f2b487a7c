"""Recommendations: how much of what was bought next is found, and how fast, beside the package implicit?

The package is no dependency and may be absent: `pip install --target FOLDER --no-deps implicit tqdm
threadpoolctl`, and FOLDER on PYTHONPATH. Both learn of the retail sheet what was bought up to a day and give
every customer 20 products that are new to them; what counts is what they bought for the first time after it.

Timed, in seconds of processor time, is what both do: to learn and to make lists, from the rows of customer
and product on. Beside it stand our two whole tables, which also try on the company's own past which way is
best, and tell names and reasons. BLAS has one thread for both, as the package wishes.
"""

import importlib
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.measured import Measured
from bench.retail import REAL
from shuke.engine import open_engine
from shuke.models.holdout import RecommenderChoice
from shuke.models.purchase_matrix import together
from shuke.models.purchased_products import assortment, bought
from shuke.models.ranked_lists import InterestMatrix, Offer, lists, strongest
from shuke.models.ranking_quality import RankingQuality, ranking_quality
from shuke.models.recommendations import recommendations
from shuke.models.related_products import related_products
from shuke.tables import CANONICAL

CUT, UNTIL, SHOWN = date(2011, 10, 10), date(2011, 12, 9), 20

#: What recommendations read of customers, of whom nothing is known here.
_KNOWN = {
    **dict.fromkeys(("kind", "gender", "region", "city"), "string"),
    "birth_from": "date",
}

#: What of the package is tried: its name, its module, and what its page sets.
_THEIRS = (
    ("cosine", "implicit.nearest_neighbours", "CosineRecommender", {"K": 200}),
    ("BM25", "implicit.nearest_neighbours", "BM25Recommender", {"K": 200}),
    ("ALS", "implicit.als", "AlternatingLeastSquares", {"factors": 64, "random_state": 1}),
)


def recommended(work: Path, *, rounds: int) -> Iterator[Measured]:
    """Time and recall beside each of the package's ways."""
    if not REAL.exists():
        absent = "not beside this checkout: left out"
        yield Measured(section="recommendations", name="retail sheet", note=absent)
        return
    engine = open_engine("duckdb", scratch=work / "recommendations")
    sales = engine.checkpoint(purchases(engine.backend.read_parquet(str(REAL))))
    before, after = (engine.checkpoint(bought(sales, as_of=day)) for day in (CUT, UNTIL))
    new = after.filter(after.first > CUT).semi_join(before.select("customer_id").distinct(), "customer_id")
    wanted = engine.checkpoint(new.select("customer_id", "product_id"))
    tables, made = _timed(lambda: _tables(sales, engine), rounds)
    ours = ranking_quality(made, wanted, shown=SHOWN)
    yield Measured(section="recommendations", name="retail sheet: the two whole tables", ours=tables)
    listed = _nothing(CANONICAL["products"].schema)
    often = assortment(sales, before, listed, as_of=CUT).query("buyers >= 2").head(2000)
    alone, _ = _timed(lambda: _alone(before, often), rounds)
    for name, module, kind, options in _THEIRS:
        called = f"retail sheet, beside implicit {name}"
        try:
            model = getattr(importlib.import_module(module), kind)
        except ImportError:
            yield Measured(section="recommendations", name=called, ours=alone, note="implicit is not there")
            continue
        theirs, lists_ = _timed(partial(_theirs, model, options, before), rounds)
        both = f"{called}: learning and lists"
        yield Measured(section="recommendations", name=both, ours=alone, theirs=theirs, aim=1.0)
        yield _recall(called, ours, ranking_quality(lists_, wanted, shown=SHOWN))
    engine.close()


def _timed(work: Callable[[], ir.Table], rounds: int) -> tuple[tuple[float, ...], ir.Table]:
    """Seconds of processor time of each round, and what the last one made."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        with threadpool_limits(1, "blas"):
            made = work()
        times.append(time.process_time() - started)
    return tuple(times), made


def _recall(called: str, ours: RankingQuality, theirs: RankingQuality) -> Measured:
    return Measured(
        section="recommendations", name=f"{called}: recall@{SHOWN}", unit="of 1", aim=1.0, at_least=True,
        ours=(ours.recall,), theirs=(theirs.recall,),
        note=f"{ours.customers:,} customers; NDCG {ours.ndcg:.3f} beside {theirs.ndcg:.3f}",
    )  # fmt: skip


def purchases(sheet: ir.Table) -> ir.Table:
    """The sheet as purchases, as far as recommendations and baskets read them."""
    return sheet.filter(sheet.StockCode.length() >= 5).select(
        kind=ibis.literal("goods"), customer_id=sheet.CustomerID.cast(str),
        order_id=sheet.InvoiceNo.cast(str),
        is_return=sheet.Quantity < 0, day=sheet.InvoiceDate.cast("timestamp").date(),
        product_id=sheet.StockCode.cast(str), product_name=sheet.Description.cast(str),
        category=ibis.null(str),
    )  # fmt: skip


def _tables(sales: ir.Table, engine: Any) -> ir.Table:
    columns = {name: ibis.null(kind) for name, kind in _KNOWN.items()}
    known = sales.select("customer_id").filter(sales.customer_id.notnull()).distinct().mutate(**columns)
    listed, events = (_nothing(CANONICAL[name].schema) for name in ("products", "events"))
    identities = _nothing(ibis.schema({"record": "string", "customer_id": "string"}))
    related = related_products(sales, listed, as_of=CUT, checkpoint=engine.checkpoint)
    return recommendations(
        known, sales, events, listed, identities, related,
        as_of=CUT, checkpoint=engine.checkpoint, max_products=SHOWN, repeats=False,
    )  # fmt: skip


def _alone(before: ir.Table, often: pd.DataFrame) -> ir.Table:
    """Learning and lists, as the tables do them."""
    held = together(before, often)
    gram = held.gram(len(often))
    weights = RecommenderChoice("ease", 10.0, seasonal=True).weights(gram, often.lately.to_numpy(np.float32))
    people, every = held.who.max() + 1, np.arange(len(often))
    offer = Offer(
        every, strongest(weights, 50), np.zeros(len(often)), csr_matrix((1, len(often)), dtype=np.float32)
    )
    order = np.lexsort((held.product, held.who))
    interest = np.ones(len(order), np.float32)
    bought_ = np.zeros(len(order), np.int64)
    crowd = np.zeros(people, np.int64)
    made = lists(
        InterestMatrix(crowd, held.who[order], held.product[order], interest, bought_), offer, many=SHOWN
    )
    return ibis.memtable(pd.DataFrame({"who": made.who, "rank": made.rank, "product": made.product}))


def _nothing(schema: ibis.Schema) -> ir.Table:
    full = {"source": "string", **dict(schema)}
    return ibis.memtable([], schema=ibis.schema(full))


def _theirs(kind: Any, options: dict[str, Any], before: ir.Table) -> ir.Table:
    pairs = before.select("customer_id", "product_id").to_pandas()
    who, people = pd.factorize(pairs.customer_id)
    what, goods = pd.factorize(pairs.product_id)
    matrix = csr_matrix((np.ones(len(pairs), np.float32), (who, what)))
    model = kind(**options)
    model.fit(matrix, show_progress=False)
    ids, _ = model.recommend(np.arange(len(people)), matrix, N=SHOWN)
    made = pd.DataFrame({
        "customer_id": np.repeat(np.asarray(people), SHOWN), "product_id": np.asarray(goods)[ids.ravel()],
        "rank": np.tile(np.arange(SHOWN) + 1, len(people)),
    })  # fmt: skip
    return ibis.memtable(made[ids.ravel() >= 0].drop_duplicates(["customer_id", "product_id"]))
