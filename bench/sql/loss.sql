WITH moves AS (
    SELECT date_trunc('month', first_day)::DATE AS month, 1 AS gained, 0 AS lost, 0 AS spent FROM departures
    UNION ALL
    SELECT date_trunc('month', lost_on)::DATE, 0, 1, spent FROM departures WHERE lost
), monthly AS (
    SELECT month, sum(gained) AS gained, sum(lost) AS lost, sum(spent) AS spent FROM moves GROUP BY month
), months AS (
    SELECT unnest(generate_series(min(month), getvariable('as_of'), INTERVAL 1 MONTH))::DATE AS month FROM monthly
), held AS (
    SELECT month, coalesce(gained, 0) AS gained, coalesce(lost, 0) AS lost, coalesce(spent, 0) AS spent,
           sum(coalesce(gained, 0) - coalesce(lost, 0)) OVER (ORDER BY month) - coalesce(gained, 0) + coalesce(lost, 0)
               AS customers,
           nullif(customers, 0)::DOUBLE AS n, 1.959963984540054 AS z
    FROM months LEFT JOIN monthly USING (month)
)
SELECT month, customers, gained, lost, coalesce(lost, 0) / nullif(customers, 0) AS rate, spent AS spent_by_lost,
       (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS low,
       (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS high,
       month + INTERVAL 1 MONTH <= getvariable('as_of') + 1 AS whole
FROM (SELECT *, coalesce(lost, 0) / n AS p FROM held)
