WITH days AS (
    SELECT customer_id, day, coalesce(sum(amount), 0) AS spent
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
    GROUP BY customer_id, day
), gaps AS (
    SELECT *, datediff('day', lag(day) OVER (PARTITION BY customer_id ORDER BY day), day) AS gap FROM days
), rhythm AS (
    SELECT customer_id, max(day) AS last, count(gap) AS gaps, avg(gap) AS mean, stddev_samp(gap) AS spread,
           sum(spent) AS spent
    FROM gaps GROUP BY customer_id HAVING count(gap) >= 3
), late AS (
    SELECT *, ceil(greatest(mean + 2.0 * spread, mean * 1.1) - 1e-6)::BIGINT AS allowed,
           datediff('day', last, getvariable('as_of')) AS silent
    FROM rhythm
    WHERE silent > allowed AND silent <= allowed * 3
)
SELECT 'churn' AS rule, 'customer' AS subject_kind, customer_id AS subject, last + (allowed + 1)::INTEGER AS since,
       CASE WHEN percent_rank() OVER (ORDER BY spent) >= 0.75 THEN 'high' ELSE 'medium' END AS severity,
       format('{{"silent_days": {}, "usual_days": {}, "allowed_days": {}, "orders": {}}}',
              silent, mean::DECIMAL(18, 4)::DECIMAL(9, 1)::VARCHAR, allowed, gaps + 1) AS evidence
FROM late
