WITH lost AS MATERIALIZED (
    SELECT customer_id, last_day, lost_on, spent FROM departures WHERE lost
), talk AS (
    SELECT source, record_id, "at", lower(concat_ws(' | ', kind, topic, text, outcome)) AS text FROM landed_interactions
    UNION ALL
    SELECT source, record_id, "at", lower(answer) FROM (
        SELECT *, max(score) OVER (PARTITION BY survey, question) AS highest FROM landed_responses
    ) WHERE NOT coalesce(score::DOUBLE > 0.6 * highest::DOUBLE, false)
), told AS (
    SELECT customer_id, count_if(regexp_matches(text, getvariable('lost_to_competitor'))) AS competitor,
           count_if(regexp_matches(text, getvariable('lost_by_moving'))) AS moved,
           count_if(regexp_matches(text, getvariable('lost_by_price'))) AS price,
           count_if(regexp_matches(text, getvariable('lost_by_service'))) AS service,
           count_if(regexp_matches(text, getvariable('lost_by_quality'))) AS quality,
           count_if(regexp_matches(text, getvariable('lost_by_range'))) AS out_of_range
    FROM talk JOIN identities USING (source, record_id) JOIN lost USING (customer_id)
    WHERE ("at" + INTERVAL 8 HOUR)::DATE BETWEEN last_day - 180 AND lost_on
    GROUP BY customer_id
), complained AS (
    SELECT customer_id, count(*) AS unanswered FROM complaints JOIN lost USING (customer_id)
    WHERE waiting AND day BETWEEN last_day - 180 AND lost_on GROUP BY customer_id
), sold AS (
    SELECT customer_id, product_id, amount, discount, day FROM purchases
    WHERE kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), ended AS (
    SELECT product_id, max(day) AS last_sold FROM sold WHERE product_id IS NOT NULL GROUP BY product_id
), shown AS (
    SELECT customer_id, 2 * sum(amount) FILTER (last_sold < lost_on - 60) >= sum(amount) AND sum(amount) > 0 AS ended,
           2 * count_if(coalesce(discount, 0) <> 0) >= count(*) AND count(*) >= 3 AS cheap
    FROM sold JOIN lost USING (customer_id) LEFT JOIN ended USING (product_id) GROUP BY customer_id
), weighed AS (
    SELECT customer_id, lost_on, spent, coalesce(competitor, 0) + coalesce(moved, 0) + coalesce(price, 0)
               + coalesce(service, 0) + coalesce(quality, 0) + coalesce(out_of_range, 0) AS said,
           CASE WHEN unanswered > 0 THEN 3.0 ELSE 0 END AS a, CASE WHEN competitor > 0 THEN 3.0 ELSE 0 END AS b,
           CASE WHEN moved > 0 THEN 3.0 ELSE 0 END AS c,
           CASE WHEN price > 0 THEN 2.0 ELSE 0 END + CASE WHEN cheap THEN 1 ELSE 0 END AS d,
           CASE WHEN service > 0 THEN 2.0 ELSE 0 END AS e, CASE WHEN quality > 0 THEN 2.0 ELSE 0 END AS f,
           CASE WHEN out_of_range > 0 THEN 2.0 ELSE 0 END + CASE WHEN ended THEN 1 ELSE 0 END AS g,
           greatest(a, b, c, d, e, f, g) AS most
    FROM lost LEFT JOIN complained USING (customer_id) LEFT JOIN told USING (customer_id)
    LEFT JOIN shown USING (customer_id)
)
SELECT customer_id, lost_on, CASE WHEN most = 0 THEN 'unknown' ELSE CASE most
           WHEN a THEN 'complaints_unanswered' WHEN b THEN 'competitor' WHEN c THEN 'moved' WHEN d THEN 'price'
           WHEN e THEN 'service' WHEN f THEN 'quality' ELSE 'out_of_range' END END AS cause,
       most::DOUBLE / (1 + a + b + c + d + e + f + g) AS sure,
       (a > 0)::INTEGER + (b > 0)::INTEGER + (c > 0)::INTEGER + (d > 0)::INTEGER + (e > 0)::INTEGER + (f > 0)::INTEGER
           + (g > 0)::INTEGER AS signs, said, spent
FROM weighed
