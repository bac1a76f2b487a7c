SELECT order_id, min(source) AS source, min(order_no) AS order_no,
       arg_min(customer_id, (ordered_at, line_id)) AS customer_id,
       min(ordered_at) AS ordered_at, min(day) AS day, min(month) AS month,
       CASE WHEN bool_or(kind = 'goods' AND NOT is_return) THEN 'sale' WHEN bool_or(kind = 'goods') THEN 'return'
            WHEN bool_or(kind <> 'void') THEN 'adjustment' ELSE 'void' END AS kind,
       count(*) AS lines, sum(quantity) AS quantity, sum(amount) AS amount,
       arg_min(store_id, (ordered_at, line_id)) AS store_id,
       arg_min(channel, (ordered_at, line_id)) AS channel,
       arg_min(country, (ordered_at, line_id)) AS country,
       arg_min(region, (ordered_at, line_id)) AS region,
       arg_min(city, (ordered_at, line_id)) AS city
FROM purchases
WHERE order_id IS NOT NULL
GROUP BY order_id
