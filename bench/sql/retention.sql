WITH active AS (
    SELECT customer_id, month, coalesce(sum(amount), 0) AS spent FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
    GROUP BY customer_id, month
), dated AS (
    SELECT month, spent, min(month) OVER (PARTITION BY customer_id) AS cohort FROM active
), seen AS (
    SELECT cohort, datediff('month', cohort, month) AS age, count(*) AS customers, sum(spent) AS spent
    FROM dated GROUP BY ALL
), sizes AS (
    SELECT cohort, customers AS cohort_size, spent AS first_spent FROM seen WHERE age = 0
), grid AS (
    SELECT *, unnest(range(datediff('month', cohort, getvariable('as_of')) + 1)) AS age FROM sizes
), counted AS (
    SELECT cohort, age, coalesce(customers, 0) AS customers, cohort_size, first_spent,
           coalesce(spent, 0) AS revenue, coalesce(customers, 0)::DOUBLE / cohort_size AS share,
           cohort_size::DOUBLE AS n, 1.959963984540054 AS z
    FROM grid LEFT JOIN seen USING (cohort, age)
)
SELECT cohort, age, customers, cohort_size, share,
       (share + z * z / (2 * n) - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS low,
       (share + z * z / (2 * n) + z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS high,
       revenue, revenue::DOUBLE / nullif(first_spent::DOUBLE, 0) AS revenue_share,
       sum(revenue) OVER (PARTITION BY cohort ORDER BY age) AS revenue_so_far
FROM counted
