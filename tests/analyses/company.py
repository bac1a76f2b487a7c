"""What the demo company's tills and web shop sold, and who called, each under the person who it truly was."""

from dataclasses import dataclass

import duckdb

from shuke.demo import Company
from tests.engine_fixtures import Row

_LINES = """
WITH till AS (
    FROM read_csv('{files}/till_1.csv', all_varchar = true)
    UNION ALL BY NAME FROM read_csv('{files}/till_2.csv', all_varchar = true)
    WHERE "Receipt No" NOT IN (SELECT "Receipt No" FROM read_csv('{files}/till_1.csv', all_varchar = true))
), sold AS (
    SELECT 'till' AS source, "Receipt No" AS order_no, SKU AS product_id, Qty AS quantity,
           "Unit Price" AS price, Discount AS discount FROM till
    UNION ALL SELECT 'webshop', Name, "Lineitem sku", "Lineitem quantity", "Lineitem price",
                     "Lineitem discount"
    FROM read_csv('{files}/webshop_orders.csv', all_varchar = true)
), priced AS (
    SELECT * REPLACE (quantity::DECIMAL(9, 2) AS quantity, price::DECIMAL(18, 4) AS price,
                      coalesce(abs(discount::DECIMAL(18, 4)), 0) AS discount)
    FROM sold WHERE quantity::DECIMAL(9, 2) > 0
)
SELECT priced.source, order_no, priced.source || ':' || order_no AS order_id,
       CASE WHEN NOT anonymous THEN 'P' || person END AS customer_id, time::DATE AS day, 'goods' AS kind,
       false AS is_return, product_id, category, quantity, price, discount,
       (price * quantity - discount)::DECIMAL(18, 4) AS amount
FROM priced JOIN '{truth}/orders.parquet' AS truly ON truly.source = priced.source AND truly.order = order_no
LEFT JOIN (SELECT SKU AS product_id, Category AS category
           FROM read_csv('{files}/products.csv', all_varchar = true)) USING (product_id)
"""

_CALLS = """
SELECT 'call_centre' AS source, call_id AS record_id, call_id AS interaction_id, direction, topic, text
FROM read_json('{files}/call_centre.jsonl')
"""

_ANSWERS = """
SELECT 'survey' AS source, "Response ID" AS record_id, Question AS question, Comment AS answer
FROM read_csv('{files}/survey.csv', all_varchar = true)
"""

_RECORDS = """
SELECT DISTINCT source || ':' || record AS record, 'P' || person AS customer_id FROM '{truth}/records.parquet'
WHERE source IN ('call_centre', 'survey')
"""


@dataclass(frozen=True)
class Known:
    """Rows of purchases, calls and answers, whose they are, and what draws each person."""

    purchases: list[Row]
    interactions: list[Row]
    responses: list[Row]
    records: list[Row]
    motives: dict[str, str]


def known(company: Company) -> Known:
    folders = {"files": company.truth.parent / "files", "truth": company.truth}
    with duckdb.connect() as db:
        lines, calls, answers, records = (
            db.sql(query.format(**folders)).to_arrow_table().to_pylist()
            for query in (_LINES, _CALLS, _ANSWERS, _RECORDS)
        )
        drawn = db.sql(f"SELECT 'P' || person, motive FROM '{company.truth}/motives.parquet'").fetchall()
    return Known(lines, calls, answers, records, dict(drawn))
