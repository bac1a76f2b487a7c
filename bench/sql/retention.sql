WITH active AS (
    SELECT DISTINCT customer_id, month FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND month IS NOT NULL
), dated AS (
    SELECT month, min(month) OVER (PARTITION BY customer_id) AS cohort FROM active
), seen AS (
    SELECT cohort, datediff('month', cohort, month) AS age, count(*) AS customers FROM dated GROUP BY ALL
), sizes AS (
    SELECT cohort, customers AS cohort_size FROM seen WHERE age = 0
), grid AS (
    SELECT *, unnest(range(datediff('month', cohort, getvariable('as_of')) + 1)) AS age FROM sizes
), counted AS (
    SELECT cohort, age, coalesce(customers, 0) AS customers, cohort_size,
           coalesce(customers, 0)::DOUBLE / cohort_size AS share, cohort_size::DOUBLE AS n, 1.959963984540054 AS z
    FROM grid LEFT JOIN seen USING (cohort, age)
)
SELECT cohort, age, customers, cohort_size, share,
       (share + z * z / (2 * n) - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS low,
       (share + z * z / (2 * n) + z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS high
FROM counted
