"""Retail: how long does the import of an invoice export take, beside DuckDB's own COPY of the file?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import duckdb

from bench.measured import HERE, Measured, Race
from shuke import app
from shuke.collect.ingestion import ImportOptions, ingest
from shuke.settings import Settings

#: The UCI Online Retail set, where it lies beside the checkout.
REAL = HERE.parent / "shared" / "data" / "online_retail_1" / "online_retail.parquet"

_REAL_NAME = "UCI Online Retail CSV"

LINES = 540_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)

MAPPING = """
[[layout]]
name = "retail.csv"
constants = { "orders.currency" = "GBP" }

[layout.columns]
"InvoiceNo" = "orders.order_no"
"StockCode" = "products.product_id"
"Description" = "products.name"
"Quantity" = "order_items.quantity"
"InvoiceDate" = "orders.ordered_at"
"UnitPrice" = "order_items.price"
"CustomerID" = "people.record_id"
"Country" = ["people.country", "orders.country"]
"""

#: Of the shape of the real set: twenty lines an invoice, a quarter without a customer, some returns.
_MADE = f"""
SELECT CASE WHEN hash(i // 21, 1) % 7 = 0 THEN 'C' ELSE '' END || (536365 + i // 21)::VARCHAR AS InvoiceNo,
       (20000 + product)::VARCHAR || CASE WHEN product % 3 = 0 THEN 'A' ELSE '' END AS StockCode,
       'PRODUCT NUMBER ' || product || ' OF MANY COLOURS' AS Description,
       (1 + hash(i, 3) % 24)::BIGINT * CASE WHEN hash(i // 21, 1) % 7 = 0 THEN -1 ELSE 1 END AS Quantity,
       TIMESTAMP '2010-12-01 08:26:00' + INTERVAL 1 MINUTE * (i // 21 * 20) AS InvoiceDate,
       (85 + product % 1900) / 100 AS UnitPrice,
       CASE WHEN hash(i // 21, 4) % 4 > 0 THEN 12346 + hash(i // 21, 5) % 4400 END AS CustomerID,
       ['United Kingdom', 'Germany', 'France', 'EIRE', 'Spain'][(1 + hash(i // 21, 5) % 5)::BIGINT] AS Country
FROM (SELECT i, (hash(i, 2) % 3900)::BIGINT AS product FROM range({LINES}) AS t(i))
"""


def imports(work: Path, *, rounds: int) -> Iterator[Measured]:
    """The made file, and the real one where it is there."""
    queries = {"made-up retail CSV": _MADE, _REAL_NAME: f"SELECT * FROM '{REAL}'"}
    for number, (name, query) in enumerate(queries.items()):
        if name == _REAL_NAME and not REAL.exists():
            yield Measured(section="import", name=name, note="not beside this checkout: left out")
            continue
        folder = work / f"retail-{number}"
        folder.mkdir(parents=True)
        duckdb.sql(f"COPY ({query}) TO '{folder / 'retail.csv'}'")
        yield _raced(name, folder, rounds=rounds)


def _raced(name: str, folder: Path, *, rounds: int) -> Measured:
    file, mapping = folder / "retail.csv", folder / "mapping.toml"
    mapping.write_text(MAPPING, "utf-8")
    settings = Settings(name="Bench", country="GB", currency="GBP", zone="Europe/London", language="en")
    projects = (app.init(folder / f"project-{n}", settings) for n in count())
    loaded = set()

    def ours() -> None:
        receipt = ingest(next(projects), "till", [file], ImportOptions(mapping=mapping), now=NOW)
        loaded.add((receipt.read, receipt.loaded))

    def theirs() -> None:
        with duckdb.connect() as db:
            db.execute(f"COPY (FROM read_csv('{file}')) TO '{folder / 'copy.parquet'}'")

    race = Race().run(ours, theirs, rounds=rounds)
    [(read, landed)] = loaded
    return Measured(
        section="import", name=name, ours=tuple(race.ours), theirs=tuple(race.theirs), aim=3.0,
        note=f"{read:,} lines read, {landed:,} loaded; beside COPY",
    )  # fmt: skip
