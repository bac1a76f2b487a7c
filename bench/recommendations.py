"""Recommendations: how much of what was bought next is found, and how fast, beside the package implicit?

The package is no dependency and may be absent: `pip install --target FOLDER --no-deps implicit tqdm
threadpoolctl`, and FOLDER on PYTHONPATH. Both learn of the retail sheet what was bought up to a day and give
every customer 20 products that are new to them; what counts is what they bought for the first time after it.
"""

import importlib
import time
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from bench.measured import Measured, seconds
from bench.retail import REAL
from shuke.engine import open_engine
from shuke.models.bought import bought
from shuke.models.found import Found, found
from shuke.models.recommendations import recommendations
from shuke.models.related_products import related_products
from shuke.tables import CANONICAL

CUT, UNTIL, SHOWN = date(2011, 10, 10), date(2011, 12, 9), 20

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
    before, after = bought(sales, as_of=CUT), bought(sales, as_of=UNTIL)
    new = after.filter(after.first > CUT).semi_join(before.select("customer_id").distinct(), "customer_id")
    wanted = engine.checkpoint(new.select("customer_id", "product_id"))
    lists: list[ir.Table] = []
    times = tuple(seconds(lambda: lists.append(_ours(sales, engine))) for _ in range(rounds))
    ours = found(lists[-1], wanted, shown=SHOWN)
    for name, module, kind, options in _THEIRS:
        called = f"retail sheet, beside implicit {name}"
        try:
            model = getattr(importlib.import_module(module), kind)(**options)
        except ImportError:
            yield Measured(section="recommendations", name=called, ours=times, note="implicit is not there")
            continue
        started = time.perf_counter()
        theirs = _theirs(model, before)
        taken = time.perf_counter() - started
        yield Measured(
            section="recommendations", name=f"{called}: time", ours=times, theirs=(taken,), aim=1.0
        )
        yield _recall(called, ours, found(theirs, wanted, shown=SHOWN))
    engine.close()


def _recall(called: str, ours: Found, theirs: Found) -> Measured:
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


def _ours(sales: ir.Table, engine: Any) -> ir.Table:
    customers = (
        sales.select("customer_id", region=ibis.null(str)).filter(sales.customer_id.notnull()).distinct()
    )
    listed, events = (_nothing(CANONICAL[name].schema) for name in ("products", "events"))
    identities = _nothing(ibis.schema({"record": "string", "customer_id": "string"}))
    related = related_products(sales, listed, as_of=CUT, checkpoint=engine.checkpoint)
    told = recommendations(
        customers, sales, events, listed, identities, engine.checkpoint(related),
        as_of=CUT, checkpoint=engine.checkpoint, many=3 * SHOWN,
    )  # fmt: skip
    fresh = told.anti_join(bought(sales, as_of=CUT), ["customer_id", "product_id"])
    nth = ibis.row_number().over(ibis.window(group_by="customer_id", order_by="rank")) + 1
    return engine.checkpoint(fresh.mutate(rank=nth))


def _nothing(schema: ibis.Schema) -> ir.Table:
    full = {"source": "string", **dict(schema)}
    return ibis.memtable([], schema=ibis.schema(full))


def _theirs(model: Any, before: ir.Table) -> ir.Table:
    pairs = before.select("customer_id", "product_id").to_pandas()
    who, people = pd.factorize(pairs.customer_id)
    what, goods = pd.factorize(pairs.product_id)
    matrix = csr_matrix((np.ones(len(pairs), np.float32), (who, what)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the threads of BLAS
        model.fit(matrix, show_progress=False)
        ids, _ = model.recommend(np.arange(len(people)), matrix, N=SHOWN)
    lists = pd.DataFrame({
        "customer_id": np.repeat(np.asarray(people), SHOWN), "product_id": np.asarray(goods)[ids.ravel()],
        "rank": np.tile(np.arange(SHOWN) + 1, len(people)),
    })  # fmt: skip
    return ibis.memtable(lists[ids.ravel() >= 0].drop_duplicates(["customer_id", "product_id"]))
