WITH figures AS (
    SELECT customer_id,
           min(day) FILTER (NOT is_return) AS first_day, max(day) FILTER (NOT is_return) AS last_day,
           count(DISTINCT coalesce(order_id, day::VARCHAR)) FILTER (NOT is_return) AS frequency,
           coalesce(sum(amount), 0) AS monetary, sum(quantity) AS quantity
    FROM purchases WHERE customer_id IS NOT NULL AND kind = 'goods' GROUP BY customer_id
), scored AS (
    SELECT *, datediff('day', last_day, getvariable('as_of')) AS recency_days,
           monetary / frequency AS average_order,
           least(floor(percent_rank() OVER (ORDER BY last_day) * 5), 4)::BIGINT + 1 AS r,
           least(floor(percent_rank() OVER (ORDER BY frequency) * 5), 4)::BIGINT + 1 AS f,
           least(floor(percent_rank() OVER (ORDER BY monetary) * 5), 4)::BIGINT + 1 AS m
    FROM figures WHERE frequency > 0
)
SELECT customer_id, first_day, last_day, recency_days, frequency, monetary, quantity,
       average_order::DECIMAL(18, 4) AS average_order, r, f, m, CASE
    WHEN r >= 4 AND (f + m) / 2 >= 4 THEN 'champions'
    WHEN r >= 3 AND (f + m) / 2 >= 3.5 THEN 'loyal'
    WHEN r >= 4 AND frequency = 1 THEN 'new'
    WHEN r >= 3 AND (f + m) / 2 >= 2 THEN 'promising'
    WHEN r = 3 THEN 'needs_attention'
    WHEN r >= 4 THEN 'promising'
    WHEN (f + m) / 2 >= 4 THEN 'cannot_lose'
    WHEN (f + m) / 2 >= 2.5 THEN 'at_risk'
    WHEN r = 2 THEN 'hibernating'
    ELSE 'lost' END AS tier
FROM scored
