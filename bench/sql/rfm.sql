WITH figures AS (
    SELECT customer_id,
           min(day) FILTER (NOT is_return) AS first_day, max(day) FILTER (NOT is_return) AS last_day,
           count(DISTINCT coalesce(order_id, day::VARCHAR)) FILTER (NOT is_return) AS frequency,
           coalesce(sum(amount), 0) AS monetary, sum(quantity) AS quantity, count(*) OVER () AS n
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND day <= getvariable('as_of')
    GROUP BY customer_id
    HAVING count(*) FILTER (NOT is_return) > 0
), scored AS (
    SELECT *, datediff('day', last_day, getvariable('as_of')) AS recency_days,
           floor(monetary / frequency * 10000 + 0.500001) / 10000 AS average_order,
           5 * (n + rank() OVER (ORDER BY last_day) - rank() OVER (ORDER BY last_day DESC)) // (2 * n) + 1 AS r,
           5 * (n + rank() OVER (ORDER BY frequency) - rank() OVER (ORDER BY frequency DESC)) // (2 * n) + 1 AS f,
           5 * (n + rank() OVER (ORDER BY monetary) - rank() OVER (ORDER BY monetary DESC)) // (2 * n) + 1 AS m,
           (f + m) / 2 AS worth
    FROM figures
)
SELECT customer_id, first_day, last_day, recency_days, frequency, monetary, quantity,
       average_order::DECIMAL(18, 4) AS average_order, r, f, m, CASE
    WHEN r >= 4 AND frequency = 1 THEN 'new'
    WHEN r >= 4 AND worth >= 4 THEN 'champions'
    WHEN r >= 3 AND worth >= 3.5 AND frequency > 1 THEN 'loyal'
    WHEN r >= 4 OR r = 3 AND worth >= 2 THEN 'promising'
    WHEN r = 3 THEN 'needs_attention'
    WHEN worth >= 4 AND frequency > 1 THEN 'cannot_lose'
    WHEN worth >= 2.5 THEN 'at_risk'
    WHEN r = 2 THEN 'hibernating'
    ELSE 'lost' END AS tier
FROM scored
