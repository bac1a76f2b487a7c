WITH goods AS (
    SELECT customer_id, product_id, product_name, day FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
      AND product_id IS NOT NULL
), began AS (
    SELECT product_id, min(day) AS first, max(product_name) AS product_name, count(DISTINCT customer_id) AS triers,
           min(min(day)) OVER () AS opened
    FROM goods GROUP BY product_id
), launched AS (
    SELECT product_id, coalesce(product_name, product_id) AS product_name,
           coalesce(stated.launched, CASE WHEN first >= opened + 90 THEN first END) AS launched
    FROM began LEFT JOIN (
        SELECT product_id, launched FROM landed_products WHERE launched IS NOT NULL
    ) AS stated USING (product_id)
    WHERE coalesce(stated.launched, CASE WHEN first >= opened + 90 THEN first END)
          BETWEEN greatest(opened, getvariable('as_of') - INTERVAL 12 MONTH + INTERVAL 1 DAY) AND getvariable('as_of')
    ORDER BY triers DESC, product_id LIMIT 30
), steps AS (
    SELECT customer_id, product_id, count(DISTINCT day) AS days, min(day) AS first
    FROM goods SEMI JOIN launched USING (product_id) GROUP BY ALL
), buyers AS MATERIALIZED (
    SELECT customer_id, product_id, CASE WHEN days > 1 THEN 'again'
               WHEN getvariable('as_of') - first >= 60 THEN 'once' ELSE 'recent' END AS "group"
    FROM steps
), best AS (
    SELECT question, CASE WHEN max(score) <= 5 THEN 5 WHEN max(score) <= 10 THEN 10 ELSE 100 END AS best
    FROM landed_responses GROUP BY question
), said AS (
    SELECT source, record_id, product_id, score::DOUBLE / best AS rating,
           CASE WHEN best = 10 THEN score::DOUBLE END AS score10, lower(answer) AS text, false AS complaint
    FROM landed_responses JOIN best USING (question) WHERE product_id IS NOT NULL
    UNION ALL
    SELECT source, record_id, product_id, NULL, NULL, lower(text),
           regexp_matches(lower(concat_ws(' ', kind, topic)), 'complain|投诉')
    FROM landed_interactions WHERE product_id IS NOT NULL
), heard AS (
    SELECT "group", said.*, regexp_matches(text, getvariable('blames')) AS blame,
           regexp_matches(text, getvariable('praises')) AND NOT blame AS praise
    FROM said JOIN identities USING (source, record_id) JOIN buyers USING (customer_id, product_id)
), opinions AS (
    SELECT product_id, "group", count(rating) AS rated, avg(rating) AS rating,
           1.959963984540054 * stddev_samp(rating) / sqrt(count(rating)) AS half,
           100 * (count_if(score10 >= 9) - count_if(score10 <= 6)) / nullif(count(score10), 0) AS nps,
           count(text) AS texts, count_if(praise) AS praise, count_if(blame) AS blame, count_if(complaint) AS complaints
    FROM heard GROUP BY product_id, "group"
)
SELECT product_id, "group", product_name, launched, count(*) AS customers, coalesce(any_value(rated), 0) AS rated,
       any_value(rating) AS rating, CASE WHEN any_value(rated) >= 2 THEN greatest(any_value(rating - half), 0) END AS rating_low,
       CASE WHEN any_value(rated) >= 2 THEN least(any_value(rating + half), 1) END AS rating_high, any_value(nps) AS nps,
       coalesce(any_value(texts), 0) AS texts, coalesce(any_value(praise), 0) AS praise,
       coalesce(any_value(blame), 0) AS blame, coalesce(any_value(complaints), 0) AS complaints
FROM buyers JOIN launched USING (product_id) LEFT JOIN opinions USING (product_id, "group")
GROUP BY product_id, "group", product_name, launched
