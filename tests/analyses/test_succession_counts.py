from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses import succession_counts
from shuke.analyses.succession_counts import FirstOccurrences, both, counted, lags

ITEMS = ["a", "b", "c"]

CUSTOMERS = st.lists(st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 30), min_size=1), max_size=8)


def firsts(customers: list[dict[str, int]]) -> FirstOccurrences:
    rows = [
        {"customer_id": f"c{n}", "item": item, "start": start, "last": max(days.values())}
        for n, days in enumerate(customers)
        for item, start in days.items()
    ]
    days = {"start": pa.int32(), "last": pa.int32()}
    kinds = {"customer_id": pa.string(), "item": pa.string()} | days
    table = pa.Table.from_pylist(rows, schema=pa.schema(kinds))
    dated = [table[n].cast(pa.date32()) if n in days else table[n] for n in kinds]
    return FirstOccurrences.of(pa.table(dated, names=list(kinds)), pd.Index(ITEMS))


@settings(max_examples=15, deadline=None)
@given(CUSTOMERS, st.sampled_from([2, 1000]))
def test_the_pairs_are_what_comparing_every_two_gives(customers, at_once):
    held = firsts(customers)
    before, succession_counts.AT_ONCE = succession_counts.AT_ONCE, at_once
    later, soon = counted(held, 3, 10)
    wanted = np.arange(9).reshape(3, 3)
    waits = lags(held, wanted, 10)
    succession_counts.AT_ONCE = before
    had = both(held, 3)
    for i, one in enumerate(ITEMS):
        for j, other in enumerate(ITEMS):
            gaps = [days[other] - days[one] for days in customers if one in days and other in days]
            again = [max(days.values()) > days[one] for days in customers if one in days and other in days]
            assert later[i, j] == sum(gap > 0 for gap in gaps)
            assert soon[i, j] == sum(0 < gap <= 10 for gap in gaps)
            assert had[i, j] == sum(again)
            assert sorted(waits.lag[waits.pair == wanted[i, j]]) == sorted(g for g in gaps if 0 < g <= 10)


def test_items_that_are_not_looked_at_are_left_out():
    rows = pa.table({
        "customer_id": ["anna", "anna"], "item": ["a", "z"],
        "start": [date(2026, 1, 1), date(2026, 1, 2)], "last": [date(2026, 1, 2)] * 2,
    })  # fmt: skip
    held = FirstOccurrences.of(rows, pd.Index(ITEMS))
    assert held.item.tolist() == [0]
    assert held.again.tolist() == [True]
