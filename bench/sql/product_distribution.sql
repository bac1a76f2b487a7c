SELECT coalesce(region, country, '?') AS region, month, coalesce(product_id, product_name, '?') AS product_id,
       max(product_name) AS product_name, sum(quantity) AS quantity, coalesce(sum(amount), 0) AS amount,
       count(*) AS lines, count(DISTINCT customer_id) AS customers
FROM purchases
WHERE kind = 'goods' AND month IS NOT NULL
GROUP BY ALL
