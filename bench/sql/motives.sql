WITH lines AS (
    SELECT customer_id, day, coalesce(category, '') AS category, coalesce(product_id, product_name, '') AS item,
           coalesce(discount, 0) AS discount, amount::DOUBLE / quantity::DOUBLE AS paid
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND quantity > 0 AND day <= getvariable('as_of')
), items AS (
    SELECT item, max(category) AS shelf, count(*) AS n, median(paid) AS usual FROM lines GROUP BY item
), bands AS (
    SELECT item, usual, CASE WHEN shelf = '' OR usual IS NULL THEN 0.5 ELSE
               0.5 + (sum(n) OVER (PARTITION BY shelf ORDER BY usual)
                      - sum(n) OVER (PARTITION BY shelf ORDER BY usual DESC)) / (2.0 * sum(n) OVER (PARTITION BY shelf))
           END AS band
    FROM items
), told AS MATERIALIZED (
    SELECT customer_id, day, category, item, band,
           (discount > 0 OR coalesce(paid < 0.9 * usual, false))::BIGINT AS reduced
    FROM lines JOIN bands USING (item)
), overall AS (
    SELECT avg(reduced) AS rate FROM told
), by_day AS (
    SELECT day, (sum(reduced) + 20 * any_value(rate)) / (count(*) + 20) AS by_day FROM told, overall GROUP BY day
), by_category AS (
    SELECT category, (sum(reduced) + 20 * any_value(rate)) / (count(*) + 20) AS by_category
    FROM told, overall GROUP BY category
), figures AS (
    SELECT customer_id, count(*) AS lines, sum(reduced) AS reduced,
           sum(least(coalesce(by_day * by_category / nullif(rate, 0), 0), 1)) AS expected_reduced,
           sum(band - 0.5) AS tilt, avg(band) AS price_band, count(DISTINCT nullif(category, '')) AS categories,
           count(*) - count(DISTINCT coalesce(brand, item)) AS repeats
    FROM told JOIN by_day USING (day) JOIN by_category USING (category), overall
    LEFT JOIN landed_products ON landed_products.product_id = item
    GROUP BY customer_id
), bought AS (
    SELECT *, avg(repeats) OVER (PARTITION BY lines) AS expected_repeats,
           (reduced + 2) / (expected_reduced + 2) AS discount_dependence
    FROM figures
), words AS (
    SELECT source, record_id, (interaction_id IS NOT NULL)::BIGINT AS contact,
           lower(concat_ws(' ', kind, topic, text)) AS said
    FROM landed_interactions WHERE coalesce(lower(direction), '') <> 'outbound'
    UNION ALL
    SELECT source, record_id, 0, lower(answer) FROM landed_responses
), spoken AS (
    SELECT customer_id, sum(contact) AS contacts,
           count_if(regexp_matches(said, getvariable('of_product'))) AS product_said,
           count_if(regexp_matches(said, getvariable('of_service'))) AS service_said,
           count_if(regexp_matches(said, getvariable('of_price'))) AS price_said
    FROM words JOIN identities USING (source, record_id) GROUP BY customer_id
), seen AS (
    SELECT customer_id, coalesce(lines, 0) AS lines, coalesce(reduced, 0) AS reduced,
           coalesce(expected_reduced, 0) AS expected_reduced, coalesce(tilt, 0) AS tilt, price_band,
           discount_dependence, coalesce(categories, 0) AS categories, coalesce(repeats, 0) AS repeats,
           coalesce(expected_repeats, 0) AS expected_repeats, coalesce(contacts, 0) AS contacts,
           coalesce(product_said, 0) AS product_said, coalesce(service_said, 0) AS service_said,
           coalesce(price_said, 0) AS price_said, avg(coalesce(contacts, 0)) OVER () AS usual,
           1 / (1 + coalesce(lines, 0) / 20) AS w
    FROM bought FULL JOIN spoken USING (customer_id)
), weighed AS (
    SELECT *,
           w * (reduced * ln(0.7) + expected_reduced * 0.3 + repeats * ln(1.2) - expected_repeats * 0.2
                + tilt * ln(2) - lines * ln(2) ** 2 / 24)
             + least(contacts, 4) * ln(0.67) + usual * 0.33 + least(product_said, 3) * ln(4) AS p,
           w * (reduced * ln(0.7) + expected_reduced * 0.3)
             + least(contacts, 4) * ln(2) - usual + least(service_said, 3) * ln(4) AS s,
           w * (reduced * ln(1.5) - expected_reduced * 0.5 + repeats * ln(0.8) + expected_repeats * 0.2
                - tilt * ln(2) - lines * ln(2) ** 2 / 24)
             + least(contacts, 4) * ln(0.67) + usual * 0.33 + least(price_said, 3) * ln(4) AS c
    FROM seen
), own AS (
    SELECT *, exp(p - greatest(p, s, c)) AS ep, exp(s - greatest(p, s, c)) AS es, exp(c - greatest(p, s, c)) AS ec,
           avg(ep / (ep + es + ec)) OVER () AS all_p, avg(es / (ep + es + ec)) OVER () AS all_s,
           avg(ec / (ep + es + ec)) OVER () AS all_c, (lines + contacts) / (lines + contacts + 5) AS weight
    FROM weighed
), shared AS (
    SELECT *, weight * ep / (ep + es + ec) + (1 - weight) * all_p AS product,
           weight * es / (ep + es + ec) + (1 - weight) * all_s AS service,
           weight * ec / (ep + es + ec) + (1 - weight) * all_c AS price,
           greatest(product, service, price) AS most,
           greatest(2 * most - 1 + least(product, service, price), 0) AS confidence
    FROM own
)
SELECT customer_id, CASE
    WHEN confidence < 0.15 OR lines + contacts < 3 THEN 'unclear'
    WHEN price = most THEN 'price'
    WHEN service = most THEN CASE WHEN contacts + service_said > 0 THEN 'service' ELSE 'unclear' END
    ELSE 'product' END AS motive,
    product, service, price, confidence, lines, reduced, expected_reduced, discount_dependence, price_band, categories,
    repeats, expected_repeats, contacts, product_said, service_said, price_said
FROM shared
