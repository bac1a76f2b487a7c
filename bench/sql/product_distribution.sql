WITH cells AS (
    SELECT coalesce(region, country, '?') AS region, month, coalesce(product_id, product_name, '?') AS product_id,
           max(product_name) AS product_name, sum(quantity) AS quantity, coalesce(sum(amount), 0) AS amount,
           count(*) AS lines, count(DISTINCT customer_id) AS customers
    FROM purchases
    WHERE kind = 'goods' AND month IS NOT NULL AND day <= getvariable('as_of')
    GROUP BY ALL
), ranked AS (
    SELECT *, greatest(amount, 0) AS gained,
           sum(gained) OVER (PARTITION BY region, month)::DOUBLE AS whole,
           sum(gained) OVER (
               PARTITION BY region, month ORDER BY gained DESC, product_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
           )::DOUBLE AS so_far
    FROM cells
)
SELECT region, month, product_id, product_name, quantity, ranked.amount, lines, customers,
       CASE WHEN ranked.amount > 0 THEN gained::DOUBLE / whole END AS share,
       CASE WHEN ranked.amount > 0 THEN so_far / whole END AS cumulative_share,
       before.amount AS amount_year_before,
       CASE WHEN before.amount > 0 AND month + INTERVAL 1 MONTH <= getvariable('as_of') + 1
            THEN ranked.amount::DOUBLE / before.amount::DOUBLE - 1 END AS growth
FROM ranked
LEFT JOIN (SELECT region, product_id, (month + INTERVAL 12 MONTH)::DATE AS month, amount FROM cells) AS before
    USING (region, product_id, month)
