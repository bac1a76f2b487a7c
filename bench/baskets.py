"""Baskets: how fast are rules found beside FP-growth of the package mlxtend, and are they the same?

The package is no dependency and may be absent: `pip install --target FOLDER --no-deps mlxtend`, and FOLDER on
PYTHONPATH. Both get the baskets of the retail sheet; rules of one product each with a lift above one.
"""

import importlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from bench.measured import Measured, Race
from bench.recommendations import purchases
from bench.retail import REAL
from shuke.analyses.baskets import baskets
from shuke.engine import open_engine

#: Of all baskets.
SUPPORT = 0.01

_LATER = date(2012, 1, 1)

#: So many rules of a product there are not.
_ALL = 1_000_000


def associated(work: Path, *, rounds: int) -> Iterator[Measured]:
    """The retail sheet at one per cent support."""
    name = f"rules of the retail sheet, support {SUPPORT:.0%}, beside mlxtend FP-growth"
    try:
        package = importlib.import_module("mlxtend.frequent_patterns")
    except ImportError:
        yield Measured(section="baskets", name=name, note="mlxtend is not there")
        return
    if not REAL.exists():
        yield Measured(section="baskets", name=name, note="not beside this checkout: left out")
        return
    engine = open_engine("duckdb", scratch=work / "baskets")
    sales = engine.checkpoint(purchases(engine.backend.read_parquet(str(REAL))))
    found: dict[str, Any] = {}

    def ours() -> None:
        made = baskets(
            sales, as_of=_LATER, checkpoint=engine.checkpoint,
            min_baskets=1, support=SUPPORT, rules_per_antecedent=_ALL, false_discovery_rate=1.0,
        )  # fmt: skip
        found["ours"] = made.to_pandas()

    def theirs() -> None:
        lines = sales.filter(~sales.is_return).select("order_id", "product_id").distinct().to_pandas()
        held = pd.crosstab(lines.order_id, lines.product_id).astype(bool)
        sets = package.fpgrowth(held, min_support=SUPPORT, use_colnames=True, max_len=2)
        found["theirs"] = package.association_rules(sets, metric="lift", min_threshold=1.0)

    race = Race().run(ours, theirs, rounds=rounds)
    engine.close()
    mine = set(zip(found["ours"].antecedent, found["ours"].consequent, strict=True))
    said = found["theirs"]
    other = {(*x, *y) for x, y in zip(said.antecedents, said.consequents, strict=True)}
    yield Measured(
        section="baskets", name=name, ours=tuple(race.ours), theirs=tuple(race.theirs), aim=0.1,
        note=f"{len(mine):,} rules beside {len(other):,}, {len(mine & other):,} the same",
    )  # fmt: skip
