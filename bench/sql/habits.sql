WITH sold AS (
    SELECT customer_id, coalesce(order_id, day::VARCHAR) AS "order", day, ordered_at, quantity, amount,
           coalesce(channel, source) AS channel, store_id, category
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), orders AS (
    SELECT customer_id, "order", min(day) AS day, min(ordered_at) + INTERVAL 8 HOUR AS here, count(*) AS lines,
           sum(quantity) AS quantity, coalesce(sum(amount), 0) AS sold, min(channel) AS channel,
           min(store_id) AS store_id
    FROM sold GROUP BY customer_id, "order"
), clocked AS (
    SELECT orders.*, payment, isodow(day) - 1 AS weekday,
           CASE WHEN here::TIME <> TIME '00:00' THEN hour(here) END AS hour,
           CASE WHEN getvariable('as_of') - day
                    < (getvariable('as_of') - min(day) OVER (PARTITION BY customer_id)) // 365 * 365
                THEN quarter(day) END AS quarter
    FROM orders LEFT JOIN landed_orders ON landed_orders.source || ':' || order_no = orders."order"
), told AS (
    SELECT customer_id, habit, value, count(*) AS n FROM (
        UNPIVOT (
            SELECT customer_id, channel, store_id, payment, weekday::VARCHAR AS weekday,
                   lpad(hour::VARCHAR, 2, '0') AS hour, quarter::VARCHAR AS quarter
            FROM clocked
        ) ON channel, store_id, payment, weekday, hour, quarter INTO NAME habit VALUE value
        UNION ALL
        SELECT customer_id, 'category', category FROM sold WHERE category IS NOT NULL
    ) GROUP BY ALL
), each AS (
    SELECT customer_id, habit, max(n) AS most, sum(n) AS whole, count(*) AS "values", sum(n * n) AS squares,
           min(value) FILTER (n = best) AS value, count_if(n = best) AS first
    FROM (
        SELECT *, max(n) OVER (PARTITION BY customer_id, habit) AS best
        FROM told
    ) GROUP BY customer_id, habit
), favourites AS (
    SELECT customer_id,
           max(value) FILTER (habit = 'channel') AS channel, max(most / whole) FILTER (habit = 'channel') AS channel_share,
           max(value) FILTER (habit = 'store_id') AS store_id, max(most / whole) FILTER (habit = 'store_id') AS store_share,
           max(value) FILTER (habit = 'weekday') AS weekday, max(most / whole) FILTER (habit = 'weekday') AS weekday_share,
           max(value) FILTER (habit = 'hour') AS hour, max(most / whole) FILTER (habit = 'hour') AS hour_share,
           max(value) FILTER (habit = 'payment') AS payment, max(most / whole) FILTER (habit = 'payment') AS payment_share,
           max(value) FILTER (habit = 'quarter') AS quarter, max(most / whole) FILTER (habit = 'quarter') AS quarter_share,
           max(value) FILTER (habit = 'category') AS category,
           max(most / whole) FILTER (habit = 'category') AS category_share,
           max("values") FILTER (habit = 'category') AS categories,
           max(whole * whole / squares) FILTER (habit = 'category') AS diversity
    FROM each
    WHERE (first = 1 OR habit NOT IN ('weekday', 'hour', 'quarter')) AND (habit <> 'quarter' OR whole >= 4)
    GROUP BY customer_id
), baskets AS (
    SELECT customer_id, count(*) AS orders, sum(lines) AS lines, sum(quantity) AS quantity, sum(sold) AS sold
    FROM orders GROUP BY customer_id
), net AS (
    SELECT customer_id, coalesce(sum(amount), 0) AS amount FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND day <= getvariable('as_of') GROUP BY customer_id
), classed AS (
    SELECT *, 1 - sum(greatest(amount, 0)) OVER (ORDER BY amount)::DOUBLE
                / nullif(sum(greatest(amount, 0)) OVER ()::DOUBLE, 0) AS above
    FROM baskets JOIN net USING (customer_id)
)
SELECT customer_id, orders, channel, channel_share, store_id, store_share, weekday, weekday_share, hour, hour_share,
       payment, payment_share, quarter, quarter_share, lines / orders AS basket_lines,
       (floor(quantity / orders * 10000 + 0.500001) / 10000)::DECIMAL(18, 4) AS basket_quantity,
       (floor(sold / orders * 10000 + 0.500001) / 10000)::DECIMAL(18, 4) AS basket_amount,
       category, category_share, coalesce(categories, 0) AS categories, diversity, amount,
       CASE WHEN amount <= 0 THEN 'C' WHEN above < 0.8 THEN 'A' WHEN above < 0.95 THEN 'B' ELSE 'C' END AS abc
FROM classed LEFT JOIN favourites USING (customer_id)
