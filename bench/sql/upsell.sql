WITH goods AS NOT MATERIALIZED (
    SELECT customer_id, day, product_id, product_name, category, quantity, amount FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), prices AS (
    SELECT product_id, max(product_name) AS name, coalesce(max(category), '') AS shelf,
           count(DISTINCT customer_id) AS buyers, sum(amount::DOUBLE) AS amount, sum(quantity::DOUBLE) AS pieces
    FROM goods WHERE product_id IS NOT NULL AND quantity > 0 GROUP BY product_id
), priced AS (
    SELECT product_id, name, shelf, buyers, coalesce(amount / pieces, list_price::DOUBLE) AS price,
           price - coalesce(cost::DOUBLE, 0) AS gain, trim(regexp_replace(lower(trim(name)), '[,，(（\[【].*', '')) AS plain,
           trim(regexp_replace(regexp_replace(
               plain, '(^|[^a-z])(?:' || getvariable('makes') || ')($|[^a-z])', '\1 \2', 'g'), '\s+', ' ', 'g')) AS bare,
           CASE WHEN length(bare) > 1 THEN bare ELSE plain END AS thing
    FROM prices LEFT JOIN (SELECT product_id, cost, list_price FROM landed_products) USING (product_id)
    WHERE coalesce(amount / pieces, list_price::DOUBLE) > 0 AND name IS NOT NULL
), named AS (
    SELECT *, count(*) OVER (PARTITION BY shelf, thing) > 1 AS sister FROM priced
), counted AS (
    SELECT *, CASE WHEN sister THEN 'variant' ELSE 'price_band' END AS ladder,
           CASE WHEN NOT sister THEN shelf WHEN shelf = '' THEN thing ELSE shelf || ' > ' || thing END AS family,
           row_number() OVER (PARTITION BY ladder, family ORDER BY price, product_id) - 1 AS nth,
           count(*) OVER (PARTITION BY ladder, family) AS many
    FROM named WHERE sister OR shelf <> ''
), rungs AS MATERIALIZED (
    SELECT product_id, name, ladder, family, buyers, price, gain,
           CASE WHEN sister OR many < 3 THEN nth ELSE nth * 3 // many END + 1 AS rung,
           max(rung) OVER (PARTITION BY ladder, family) AS top
    FROM (SELECT * FROM counted)
), days AS MATERIALIZED (
    SELECT customer_id, ladder, family, day, max(rung) AS rung, sum(quantity::DOUBLE) AS pieces
    FROM goods JOIN rungs USING (product_id) GROUP BY ALL
), looks AS (
    SELECT getvariable('as_of') - nth::INTEGER * 90 AS "at", nth FROM range(3) AS t(nth)
), states AS MATERIALIZED (
    SELECT nth, "at", customer_id, ladder, family, arg_max(rung, day) AS rung, max(day) AS last_day,
           avg(pieces) AS pieces, "at" - max(day) AS since,
           CASE WHEN since <= 30 THEN 0 WHEN since <= 90 THEN 1 WHEN since <= 180 THEN 2 WHEN since <= 365 THEN 3 ELSE 4 END
               AS idle
    FROM days JOIN looks ON day <= "at" GROUP BY nth, "at", customer_id, ladder, family
), reached AS (
    SELECT nth, states.ladder, states.family, states.rung, idle, max(days.rung) AS next
    FROM states LEFT JOIN days
        ON days.customer_id = states.customer_id AND days.ladder = states.ladder AND days.family = states.family
       AND day > "at" AND day <= "at" + 90
    GROUP BY nth, states.customer_id, states.ladder, states.family, states.rung, idle
), moves AS (
    SELECT nth, ladder, family, rung, idle, CASE WHEN next > rung THEN next END AS to_rung, count(*) AS people
    FROM reached GROUP BY ALL
), lower AS MATERIALIZED (
    SELECT nth, ladder, family, rung, idle, to_rung, CASE WHEN nth > 0 THEN people ELSE 0 END AS trials,
           CASE WHEN nth > 0 AND to_rung IS NOT NULL THEN people ELSE 0 END AS hits
    FROM moves JOIN (SELECT DISTINCT ladder, family, top FROM rungs) USING (ladder, family) WHERE rung < top
), cells AS (
    SELECT nth, ladder, family, rung, idle, sum(hits) AS hits, sum(trials) AS trials FROM lower GROUP BY ALL
), taught AS (  -- by the earlier cut alone, and by both
    SELECT w.whole, ladder, family, rung, idle, coalesce(sum(hits) FILTER (w.whole OR nth = 2), 0) AS hits,
           coalesce(sum(trials) FILTER (w.whole OR nth = 2), 0) AS trials
    FROM cells, (VALUES (true), (false)) AS w(whole) GROUP BY ALL
), summed AS (
    SELECT *, sum(trials) OVER (PARTITION BY whole, ladder) AS all_trials,
           (sum(hits) OVER (PARTITION BY whole, ladder) + 0.5) / (all_trials + 1) AS everybody
    FROM taught
), pauses AS (
    SELECT whole, ladder, idle, sum(hits) AS h, sum(trials) AS n, any_value(everybody) AS p
    FROM summed GROUP BY whole, ladder, idle
), pause_k AS (
    SELECT whole, 1 / least(greatest(coalesce(
        sum((h - n * p) ** 2 - n * p * (1 - p)) / nullif(sum(n * (n - 1) * p * (1 - p)), 0), 0), 1e-4), 0.5) - 1 AS k
    FROM pauses GROUP BY whole
), told AS (
    SELECT summed.*, (h + k * p) / (n + k) AS prior
    FROM summed JOIN pauses USING (whole, ladder, idle) JOIN pause_k USING (whole)
), cell_k AS (
    SELECT whole, 1 / least(greatest(coalesce(
        sum((hits - trials * prior) ** 2 - trials * prior * (1 - prior))
          / nullif(sum(trials * (trials - 1) * prior * (1 - prior)), 0), 0), 1e-4), 0.5) - 1 AS k
    FROM told GROUP BY whole
), both_ways AS (
    SELECT told.*, (hits + k * prior) / (trials + k) AS alike FROM told JOIN cell_k USING (whole)
), judged AS (
    SELECT (SELECT sum(trials) FROM both_ways WHERE NOT whole) > 0 AND
           sum(c.hits * (ln(greatest(alike, 1e-9)) - ln(greatest(everybody, 1e-9)))
               + (c.trials - c.hits) * (ln(1 - alike) - ln(1 - everybody))) > 0 AS better
    FROM cells AS c JOIN both_ways AS b USING (ladder, family, rung, idle) WHERE nth = 1 AND NOT b.whole
), chances AS (
    SELECT ladder, family, rung, idle, CASE WHEN better THEN alike ELSE everybody END AS chance,
           greatest(CASE WHEN better THEN trials ELSE all_trials END, 1)::DOUBLE AS n, 1.959963984540054 AS z,
           CASE WHEN better THEN 'alike' ELSE 'popularity' END AS method
    FROM both_ways, judged WHERE whole
), usual AS (
    SELECT ladder, family, rung, arg_min(to_rung, (-hits, to_rung)) AS to_rung FROM (
        SELECT ladder, family, rung, to_rung, sum(hits) AS hits FROM lower WHERE hits > 0 GROUP BY ALL
    ) GROUP BY ladder, family, rung
), here AS (
    SELECT ladder, family, rung, avg(price) AS price, avg(gain) AS gain FROM rungs GROUP BY ladder, family, rung
), there AS (
    SELECT ladder, family, rung AS to_rung, product_id, name AS product_name, price AS to_price, gain AS to_gain
    FROM rungs QUALIFY row_number() OVER (PARTITION BY ladder, family, rung ORDER BY buyers DESC, product_id) = 1
), offers AS (
    SELECT chances.*, price, there.* EXCLUDE (ladder, family), to_gain - gain AS more,
           greatest((chance + z * z / (2 * n) - z * sqrt(chance * (1 - chance) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0)
               AS low,
           least((chance + z * z / (2 * n) + z * sqrt(chance * (1 - chance) / n + z * z / (4 * n * n))) / (1 + z * z / n), 1)
               AS high
    FROM chances LEFT JOIN usual USING (ladder, family, rung) JOIN here USING (ladder, family, rung)
    JOIN there ON there.ladder = chances.ladder AND there.family = chances.family
              AND there.to_rung = coalesce(usual.to_rung, chances.rung + 1)
), due AS (
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
        FROM due JOIN identities USING (source, record_id) GROUP BY ALL HAVING sum(open) > 0
    )
), ending AS (
    SELECT customer_id, min(ends) AS contract_ends
    FROM landed_contracts JOIN identities USING (source, record_id)
    WHERE ends BETWEEN getvariable('as_of') AND getvariable('as_of') + 90
      AND (cancelled IS NULL OR cancelled > getvariable('as_of'))
    GROUP BY customer_id
), ranked AS (
    SELECT customer_id, last_day, offers.*, floor(chance * more * pieces * 100 + 0.500001) / 100 AS expected_value,
           row_number() OVER (PARTITION BY customer_id ORDER BY expected_value DESC, offers.family, offers.ladder) AS rank
    FROM states JOIN offers ON offers.ladder = states.ladder AND offers.family = states.family
                           AND offers.rung = states.rung AND offers.idle = states.idle
    ANTI JOIN debtors USING (customer_id)
    WHERE nth = 0 AND chance >= 0.01 AND floor(chance * more * pieces * 100 + 0.500001) / 100 > 0
    QUALIFY rank <= 3
)
SELECT customer_id, rank, family, ladder, rung, to_rung, last_day, floor(price * 100 + 0.500001) / 100 AS price, product_id, product_name,
       floor(to_price * 100 + 0.500001) / 100 AS to_price, chance, low AS chance_low, high AS chance_high, expected_value, contract_ends,
       CASE WHEN contract_ends IS NULL THEN 'offer' ELSE 'renewal_first' END AS priority,
       (floor(chance * 1000 + 0.500001) / 10)::VARCHAR || '% of those who last bought this make of ' || family
           || ' moved up within 90 days; next is ' || product_name || '.' AS reason,
       '最近购买同档「' || family || '」的客户中，有 ' || (floor(chance * 1000 + 0.500001) / 10)::VARCHAR
           || '% 在 90 天内升级；可推荐「' || product_name || '」。' AS reason_zh, method
FROM ranked LEFT JOIN ending USING (customer_id)
