WITH heads AS (
    SELECT source || ':' || order_no AS order_id, source || ':' || record_id AS record, * EXCLUDE (record_id)
    FROM landed_orders
), own AS (
    SELECT source || ':' || order_no AS order_id, source || ':' || record_id AS record, key AS line_id,
           * EXCLUDE (record_id, line_id)
    FROM landed_order_items
), lines AS (
    SELECT own.line_id, own.order_id, own.source, own.order_no, coalesce(own.record, heads.record) AS record,
           coalesce(own.ordered_at, heads.ordered_at) AS ordered_at,
           own.product_id, own.product_name, own.quantity, own.price, own.amount, own.discount, own.tax, own.cost,
           own.kind, coalesce(own.store_id, heads.store_id) AS store_id,
           coalesce(own.channel, heads.channel) AS channel, coalesce(own.status, heads.status) AS status,
           heads.status AS head_status,
           coalesce(own.currency, heads.currency) AS currency, coalesce(own.country, heads.country) AS country,
           coalesce(own.region, heads.region) AS region, coalesce(own.city, heads.city) AS city,
           coalesce(own.returns_order_no, heads.returns_order_no) AS returns_order_no
    FROM own LEFT JOIN heads USING (order_id)
    UNION ALL BY NAME
    SELECT key AS line_id, order_id, source, order_no, record, ordered_at,
           CASE WHEN total < 0 THEN -1 ELSE 1 END AS quantity, abs(total) AS price, total AS amount, 'goods' AS kind, store_id, channel, status, currency, country, region, city,
           returns_order_no
    FROM heads WHERE total IS NOT NULL AND order_id NOT IN (SELECT order_id FROM own WHERE order_id IS NOT NULL)
), described AS (
    SELECT line_id, order_id, source, order_no, record, ordered_at, product_id,
           (ordered_at + INTERVAL 8 HOUR)::DATE AS day,
           coalesce(products.name, product_name) AS product_name, category, quantity,
           coalesce(price, amount / nullif(quantity, 0)::DOUBLE)::DECIMAL(18, 4) AS price,
           coalesce(amount, quantity * price - abs(coalesce(discount, 0)) * sign(quantity))::DECIMAL(18, 4) AS stated_amount,
           upper(coalesce(currency, 'CNY')) AS currency, discount, tax, lines.cost,
           coalesce(by_status.kind, by_order.kind, lines.kind, products.kind, by_code.kind, by_name.kind, 'goods') AS kind,
           quantity < 0 AND by_status.kind IS NULL AND by_order.kind IS NULL AS is_return, store_id, channel,
           coalesce(lines.country, stores.country) AS country, coalesce(lines.region, stores.region) AS region,
           coalesce(lines.city, stores.city) AS city, status, returns_order_no
    FROM lines
    LEFT JOIN (SELECT product_id, name, category, kind FROM landed_products) AS products USING (product_id)
    LEFT JOIN (SELECT store_id, country, region, city FROM landed_stores) AS stores USING (store_id)
    LEFT JOIN words AS by_status ON by_status.word = lower(status) AND by_status.kind = 'void'
    LEFT JOIN words AS by_order ON by_order.word = lower(head_status) AND by_order.kind = 'void'
    LEFT JOIN words AS by_code ON by_code.word = lower(product_id) AND by_code.kind <> 'void'
    LEFT JOIN words AS by_name ON by_name.word = lower(product_name) AND by_name.kind <> 'void'
), rates AS (
    SELECT currency, day, rate, lead(day) OVER (PARTITION BY currency ORDER BY day) AS until
    FROM landed_exchange_rates
), dated AS MATERIALIZED (
    SELECT described.*, date_trunc('month', described.day)::DATE AS month, customer_id,
           CASE WHEN described.kind = 'void' THEN 0 WHEN described.currency = 'CNY' THEN stated_amount
                ELSE (stated_amount * rate)::DECIMAL(18, 4) END AS amount
    FROM described
    LEFT JOIN (SELECT record, customer_id FROM identities) AS identities USING (record)
    LEFT JOIN rates ON rates.currency = described.currency AND described.day >= rates.day
                   AND (described.day < rates.until OR rates.until IS NULL)
), back AS (
    SELECT customer_id, product_id, source, line_id AS return_line, price, ordered_at, -quantity AS pieces,
           coalesce(returns_order_no, order_no) AS sold_in
    FROM dated WHERE is_return
), sold AS (
    SELECT * FROM dated WHERE NOT is_return AND quantity > 0 AND kind <> 'void'
), candidates AS (
    SELECT return_line, sold.line_id, true AS named, sold.price = back.price AS same_price, sold.ordered_at
    FROM back JOIN sold ON sold.source = back.source AND sold.order_no = back.sold_in
                       AND sold.product_id = back.product_id
    WHERE sold.quantity >= pieces AND sold.ordered_at <= back.ordered_at
    UNION ALL
    SELECT return_line, sold.line_id, false, sold.price = back.price, sold.ordered_at
    FROM back JOIN sold ON sold.customer_id = back.customer_id AND sold.product_id = back.product_id
    WHERE sold.quantity >= pieces AND sold.ordered_at <= back.ordered_at
), matched AS (
    SELECT return_line, line_id AS original_line FROM candidates
    QUALIFY row_number() OVER (
        PARTITION BY return_line ORDER BY named DESC, same_price DESC, ordered_at DESC, line_id
    ) = 1
)
SELECT line_id, order_id, source, order_no, customer_id, ordered_at, day, month, product_id, product_name, category,
       quantity, price, amount, stated_amount, currency, discount, tax, cost, kind, is_return, original_line,
       store_id, channel, country, region, city, status
FROM dated LEFT JOIN matched ON return_line = line_id
