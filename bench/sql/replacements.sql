WITH goods AS (
    SELECT customer_id, day, product_id, product_name, category, amount, life_months AS life
    FROM purchases LEFT JOIN (
        SELECT product_id, life_months FROM landed_products WHERE life_months > 0
    ) USING (product_id)
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), days AS (
    SELECT customer_id, day, 'product' AS level, product_id AS item, sum(amount) AS amount,
           max(product_name) AS product_name, max(category) AS category, max(life) AS life
    FROM goods WHERE product_id IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT customer_id, day, 'category', category, sum(amount), NULL, max(category), NULL
    FROM goods WHERE category IS NOT NULL GROUP BY ALL
), gapped AS (
    SELECT *, ln(day - lag(day) OVER (PARTITION BY customer_id, level, item ORDER BY day)) AS gap FROM days
), bought AS MATERIALIZED (
    SELECT customer_id, level, item, max(day) AS last_day, count(*) AS times, sum(amount) AS amount, max(life) AS life,
           max(product_name) AS product_name, max(category) AS category, count(gap) AS gaps,
           coalesce(sum(gap), 0) AS logs, coalesce(sum(gap * gap), 0) AS squares, arg_max(gap, day) AS newest,
           times >= 3 OR max(life) IS NOT NULL AS listed
    FROM gapped GROUP BY customer_id, level, item HAVING listed OR count(gap) > 0
), things AS (
    SELECT level, item, count_if(gaps > 0) AS groups, sum(gaps) AS n, sum(logs) AS s, sum(squares) AS ss,
           coalesce(sum(logs * logs / nullif(gaps, 0)), 0) AS between, sum(gaps * gaps) AS n2, max(life) AS life
    FROM bought GROUP BY level, item
), levels AS (
    SELECT level, coalesce((sum(ss) - sum(between)) / nullif(sum(n) - sum(groups), 0), 0.25) AS s2,
           greatest(s2, 0.01) AS within, sum(s) / sum(n) AS usual,
           greatest(coalesce((sum(between - s ** 2 / n) FILTER (n > 0) - sum(groups - 1) FILTER (n > 0) * s2)
                             / nullif(sum(n - n2 / n) FILTER (n > 0), 0), 0.25), 0.001) AS among
    FROM things GROUP BY level
), spread AS MATERIALIZED (
    SELECT bought.*, within, among, (s + 5 * coalesce(ln(things.life * 30.4375), usual)) / (n + 5) AS mean
    FROM bought JOIN things USING (level, item) JOIN levels USING (level)
), judged AS (
    SELECT level, avg(abs(exp(((logs - newest) / within + mean / among) / ((gaps - 1) / within + 1 / among)) - exp(newest)))
                < avg(abs(exp(mean) - exp(newest))) AS trusted
    FROM spread WHERE gaps >= 2 GROUP BY level
), own AS (
    SELECT spread.*, coalesce(trusted, false) AS trusted, CASE WHEN trusted THEN gaps ELSE 0 END / within + 1 / among AS sure,
           (CASE WHEN trusted THEN logs ELSE 0 END / within + mean / among) / sure AS own,
           1.2815515655446004 * sqrt(within + 1 / sure) AS wide
    FROM spread LEFT JOIN judged USING (level) WHERE listed
), dated AS (
    SELECT *, last_day + floor(least(exp(own), 36500) + 0.500001)::INTEGER AS due_on,
           last_day + floor(least(exp(own - wide), 36500) + 0.500001)::INTEGER AS earliest_on,
           last_day + floor(least(exp(own + wide), 36500) + 0.500001)::INTEGER AS latest_on
    FROM own
)
SELECT customer_id, level, item, product_name, category, last_day, times, floor(exp(own) * 10 + 0.500001) / 10 AS interval_days,
       floor(exp(mean) * 10 + 0.500001) / 10 AS everybodys_days, due_on, earliest_on, latest_on, due_on < getvariable('as_of') AS overdue,
       CASE WHEN earliest_on > getvariable('as_of') THEN 'later' WHEN latest_on >= getvariable('as_of') THEN 'due'
            ELSE 'overdue' END AS status,
       (floor(amount / times * 10000 + 0.500001) / 10000)::DECIMAL(18, 4) AS expected_amount,
       CASE WHEN life IS NOT NULL THEN 'product_life' WHEN trusted THEN 'own_rhythm' ELSE 'baseline' END AS method
FROM dated WHERE getvariable('as_of') - last_day <= 2 * (latest_on - last_day)
