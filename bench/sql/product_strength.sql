WITH cells AS (
    SELECT coalesce(region, country) AS region, quarter(day) AS quarter, coalesce(product_id, product_name) AS product_id,
           count(DISTINCT coalesce(customer_id, order_id, line_id)) AS buyers, max(product_name) AS product_name,
           max(category) AS category
    FROM purchases
    WHERE kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
      AND coalesce(region, country) IS NOT NULL AND coalesce(product_id, product_name) IS NOT NULL
    GROUP BY ALL
), products AS (
    SELECT product_id, max(product_name) AS product_name, max(category) AS category, sum(buyers) AS anywhere
    FROM cells GROUP BY product_id
), places AS (
    SELECT region, quarter, sum(buyers) AS there, sum(sum(buyers)) OVER ()::DOUBLE AS whole
    FROM cells GROUP BY region, quarter
), told AS (
    SELECT region, quarter, product_id, products.product_name, products.category, coalesce(buyers, 0) AS buyers,
           anywhere * there / whole AS expected,
           (coalesce(buyers, 0) - expected) / nullif(sqrt(expected * (1 - anywhere / whole) * (1 - there / whole)), 0)
               AS deviations
    FROM products CROSS JOIN places LEFT JOIN cells USING (region, quarter, product_id)
    WHERE expected >= 5
)
SELECT *, buyers / expected AS ratio FROM told WHERE deviations IS NOT NULL
