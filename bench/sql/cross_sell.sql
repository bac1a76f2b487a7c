WITH goods AS NOT MATERIALIZED (
    SELECT customer_id, day, category, product_id, amount, quantity, cost FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), daily AS (
    SELECT customer_id, day, coalesce(category, '') AS category, sum(amount::DOUBLE) AS amount FROM goods GROUP BY ALL
), looks AS (
    SELECT getvariable('as_of') - nth::INTEGER * 90 AS "at", nth FROM range(3) AS t(nth)
), per AS (
    SELECT "at", nth, customer_id, category, sum(amount) AS amount, max(day) AS last, count(*) AS days
    FROM daily JOIN looks ON day <= "at" GROUP BY ALL
), states AS MATERIALIZED (
    SELECT nth, "at", customer_id, arg_min(category, (-amount, category)) AS favourite, "at" - max(last) AS idle,
           CASE WHEN idle <= 30 THEN 0 WHEN idle <= 90 THEN 1 WHEN idle <= 180 THEN 2 WHEN idle <= 365 THEN 3 ELSE 4 END * 3
             + CASE WHEN sum(days) <= 1 THEN 0 WHEN sum(days) <= 3 THEN 1 ELSE 2 END AS band
    FROM per GROUP BY nth, "at", customer_id
), suited AS (
    SELECT DISTINCT product_id FROM recommendations
), firsts AS MATERIALIZED (
    SELECT customer_id, 'category' AS level, category AS item, min(day) AS first
    FROM goods WHERE category IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT customer_id, 'product', product_id, min(day) FROM goods SEMI JOIN suited USING (product_id) GROUP BY ALL
), counts AS (
    SELECT nth, level, item, band, CASE level WHEN 'category' THEN favourite ELSE '' END AS favourite,
           count_if(first <= "at") AS owners, count_if(first > "at" AND first <= "at" + 90) AS hits
    FROM states JOIN firsts USING (customer_id) WHERE nth > 0 GROUP BY ALL
), items AS (
    SELECT level, item FROM counts GROUP BY level, item
    QUALIFY level = 'product' OR row_number() OVER (PARTITION BY level ORDER BY sum(owners + hits) DESC, item) <= 60
), places AS (
    SELECT nth, band, 'category' AS level, favourite, count(*) AS people FROM states GROUP BY ALL
    UNION ALL
    SELECT nth, band, 'product', '', count(*) FROM states GROUP BY ALL
), cells AS (
    SELECT nth, level, band, favourite, item, coalesce(hits, 0) AS hits,
           CASE WHEN nth > 0 THEN greatest(people - coalesce(owners, 0), 0) ELSE 0 END AS trials
    FROM places JOIN items USING (level) LEFT JOIN counts USING (nth, level, band, favourite, item)
), taught AS (  -- by the earlier cut alone, and by both
    SELECT w.whole, level, band, favourite, item, sum(hits) FILTER (w.whole OR nth = 2) AS h,
           sum(trials) FILTER (w.whole OR nth = 2) AS t
    FROM cells, (VALUES (true), (false)) AS w(whole) GROUP BY ALL
), summed AS (
    SELECT whole, level, band, favourite, item, coalesce(h, 0) AS hits, coalesce(t, 0) AS trials,
           sum(coalesce(h, 0)) OVER (PARTITION BY whole, level, item) AS item_hits,
           sum(coalesce(t, 0)) OVER (PARTITION BY whole, level, item) AS item_trials,
           (item_hits + 0.5) / (item_trials + 1) AS everybody
    FROM taught
), bands AS (
    SELECT whole, level, band, item, sum(hits) AS h, sum(trials) AS n, any_value(everybody) AS p
    FROM summed GROUP BY whole, level, band, item
), band_k AS (
    SELECT whole, level, 1 / least(greatest(coalesce(
        sum((h - n * p) ** 2 - n * p * (1 - p)) / nullif(sum(n * (n - 1) * p * (1 - p)), 0), 0), 1e-4), 0.5) - 1 AS k
    FROM bands GROUP BY whole, level
), priors AS (
    SELECT whole, level, band, item, (h + k * p) / (n + k) AS prior FROM bands JOIN band_k USING (whole, level)
), told AS (
    SELECT summed.*, prior FROM summed JOIN priors USING (whole, level, band, item)
), cell_k AS (
    SELECT whole, level, 1 / least(greatest(coalesce(
        sum((hits - trials * prior) ** 2 - trials * prior * (1 - prior))
          / nullif(sum(trials * (trials - 1) * prior * (1 - prior)), 0), 0), 1e-4), 0.5) - 1 AS k
    FROM told GROUP BY whole, level
), both_ways AS (
    SELECT told.*, (hits + k * prior) / (trials + k) AS alike FROM told JOIN cell_k USING (whole, level)
), judged AS (
    SELECT level, any_value(learnt) > 0 AND
           sum(c.hits * (ln(greatest(alike, 1e-9)) - ln(greatest(everybody, 1e-9)))
               + (c.trials - c.hits) * (ln(1 - alike) - ln(1 - everybody))) > 0 AS better
    FROM cells AS c JOIN both_ways AS b USING (level, band, favourite, item)
    JOIN (SELECT level, sum(trials) AS learnt FROM both_ways WHERE NOT whole GROUP BY level) USING (level)
    WHERE nth = 1 AND NOT b.whole GROUP BY level
), chances AS (
    SELECT level, band, favourite, item, CASE WHEN better THEN alike ELSE everybody END AS chance,
           greatest(CASE WHEN better THEN trials ELSE item_trials END, 1)::DOUBLE AS n, 1.959963984540054 AS z,
           CASE WHEN better THEN 'alike' ELSE 'popularity' END AS method
    FROM both_ways JOIN judged USING (level) WHERE whole
), recent AS (
    SELECT category, product_id, amount::DOUBLE AS amount, customer_id || day::VARCHAR AS visit,
           CASE WHEN amount IS NOT NULL THEN coalesce(goods.cost::DOUBLE, p.cost::DOUBLE * quantity::DOUBLE) END AS cost,
           CASE WHEN coalesce(goods.cost::DOUBLE, p.cost::DOUBLE * quantity::DOUBLE) IS NOT NULL THEN amount END AS known
    FROM goods LEFT JOIN (SELECT product_id, cost FROM landed_products) AS p USING (product_id)
    WHERE day > getvariable('as_of') - 365
), sums AS (
    SELECT 'category' AS level, category AS item, sum(amount) AS total, count(DISTINCT visit) AS visits,
           sum(cost) AS cost, sum(known::DOUBLE) AS known
    FROM recent WHERE category IS NOT NULL GROUP BY category
    UNION ALL
    SELECT 'product', product_id, sum(amount), count(DISTINCT visit), sum(cost), sum(known::DOUBLE)
    FROM recent SEMI JOIN suited USING (product_id) GROUP BY product_id
), worth AS (
    SELECT level, item, total / visits AS usual, CASE WHEN known > 0 THEN (known - cost) / known END AS margin,
           usual * coalesce(margin, (
               SELECT coalesce((sum(known) - sum(cost)) / nullif(sum(known), 0), 1) FROM sums WHERE level = 'category'
           )) AS gain
    FROM sums
), priced AS (
    SELECT *, chance * gain AS value,
           greatest((chance + z * z / (2 * n) - z * sqrt(chance * (1 - chance) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0)
               AS low,
           least((chance + z * z / (2 * n) + z * sqrt(chance * (1 - chance) / n + z * z / (4 * n * n))) / (1 + z * z / n), 1)
               AS high
    FROM chances JOIN worth USING (level, item)
    WHERE value > 0
    QUALIFY level = 'product' OR row_number() OVER (PARTITION BY level, band, favourite ORDER BY value DESC, item) <= 12
), named AS (
    SELECT customer_id, product_id AS item, max(product_name) AS product_name, max(category) AS category
    FROM recommendations WHERE product_id IS NOT NULL GROUP BY ALL
), candidates AS (
    SELECT customer_id, priced.*, NULL AS product_name, item AS category
    FROM states JOIN priced USING (band, favourite) WHERE nth = 0 AND level = 'category' AND chance >= 0.01
    UNION ALL
    SELECT customer_id, priced.*, named.product_name, named.category
    FROM named JOIN states USING (customer_id) JOIN priced USING (band, item)
    WHERE nth = 0 AND level = 'product' AND chance >= 0.01
), moves AS (
    SELECT source, record_id, currency, greatest(amount - coalesce(paid, 0), 0) AS open
    FROM landed_invoices LEFT JOIN (
        SELECT source, invoice_no, sum(amount) AS paid FROM landed_payments WHERE invoice_no IS NOT NULL GROUP BY ALL
    ) USING (source, invoice_no)
    WHERE due < getvariable('as_of')
    UNION ALL
    SELECT source, record_id, currency, -amount FROM landed_payments WHERE invoice_no IS NULL
), debtors AS (
    SELECT subject AS customer_id FROM credit WHERE severity = 'high'
    UNION
    SELECT customer_id FROM (
        SELECT customer_id, coalesce(currency, '') AS currency, sum(open) AS open
        FROM moves JOIN identities USING (source, record_id) GROUP BY ALL HAVING sum(open) > 0
    )
), ending AS (
    SELECT customer_id, min(ends) AS contract_ends
    FROM landed_contracts JOIN identities USING (source, record_id)
    WHERE ends BETWEEN getvariable('as_of') AND getvariable('as_of') + 90
      AND (cancelled IS NULL OR cancelled > getvariable('as_of'))
    GROUP BY customer_id
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id, level ORDER BY value DESC, chance DESC, item) AS rank
    FROM candidates ANTI JOIN firsts USING (customer_id, level, item) ANTI JOIN debtors USING (customer_id)
    QUALIFY rank <= 3
)
SELECT customer_id, level, rank, item, product_name, category, chance, low AS chance_low, high AS chance_high,
       floor(usual * 100 + 0.500001) / 100 AS usual_amount, margin, floor(value * 100 + 0.500001) / 100 AS expected_value, contract_ends,
       CASE WHEN contract_ends IS NULL THEN 'offer' ELSE 'renewal_first' END AS priority,
       (floor(chance * 1000 + 0.500001) / 10)::VARCHAR || '% of customers like this one who had never bought '
           || coalesce(product_name, item) || ' did so within 90 days.' AS reason,
       '从未购买过「' || coalesce(product_name, item) || '」的相似客户中，有 '
           || (floor(chance * 1000 + 0.500001) / 10)::VARCHAR || '% 在 90 天内购买。' AS reason_zh, method
FROM ranked LEFT JOIN ending USING (customer_id)
