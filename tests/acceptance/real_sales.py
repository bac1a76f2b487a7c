"""Sales that nobody made up, as `purchases` tells them."""

from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir

from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Tables

RETAIL = """
SELECT row_number() OVER ()::VARCHAR AS line_id, CustomerID::INTEGER::VARCHAR AS customer_id,
       InvoiceDate::TIMESTAMP::DATE AS day, StockCode AS product_id, Description AS product_name,
       NULL AS category, Quantity AS quantity, Quantity * UnitPrice AS amount, Quantity < 0 AS is_return,
       'goods' AS kind
FROM '{folder}/online_retail_1/online_retail.parquet' WHERE CustomerID IS NOT NULL
"""
JOURNEY = """
SELECT row_number() OVER ()::VARCHAR AS line_id, household_id::VARCHAR AS customer_id,
       transaction_timestamp::DATE AS day, product_id::VARCHAR AS product_id,
       product_type AS product_name, product_category AS category, quantity,
       sales_value AS amount, false AS is_return, 'goods' AS kind,
       store_id::VARCHAR AS store_id, basket_id::VARCHAR AS order_id
FROM '{folder}/complete_journey/transactions_sample.parquet'
LEFT JOIN '{folder}/complete_journey/products.parquet' USING (product_id)
"""


def sales(desk: Tables, query: str, folder: Path) -> ir.Table:
    """A query's rows as purchases; what it does not tell is null."""
    path = desk.folder / "purchases.parquet"
    kinds = {field.name: _sql(field.type) for field in purchases.schema.to_pyarrow()}
    with duckdb.connect() as db:
        found = db.sql(query.format(folder=folder))
        columns = [
            f"{name if name in found.columns else 'NULL'}::{kind} AS {name}" for name, kind in kinds.items()
        ]
        db.sql(f"COPY (SELECT {', '.join(columns)} FROM found) TO '{path}'")
    return desk.engine.read([path], purchases.schema)


def _sql(kind: Any) -> str:
    words = {"string": "VARCHAR", "date32[day]": "DATE", "bool": "BOOLEAN", "timestamp[us]": "TIMESTAMP"}
    return words.get(str(kind)) or f"DECIMAL({kind.precision}, {kind.scale})"
