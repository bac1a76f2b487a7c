WITH days AS (
    SELECT customer_id, day, coalesce(sum(amount), 0) AS spent, bool_or(coalesce(discount, 0) <> 0) AS discounted,
           arg_min(region, line_id) AS region, arg_min(coalesce(channel, source), line_id) AS channel,
           arg_min(nullif(trim(split_part(category, '>', 1)), ''), line_id) AS category
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
    GROUP BY customer_id, day
), gapped AS (
    SELECT *, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM days
), usual AS (
    SELECT CASE WHEN count(gap) < 20 THEN 180 ELSE greatest(30, quantile_disc(gap, 0.95)) END AS common FROM gapped
), figures AS (
    SELECT customer_id, min(day) AS first_day, max(day) AS last_day, count(*) AS buying_days, sum(spent) AS spent,
           count(gap) >= 3 AS own_rhythm, ceil(avg(gap) + 2.0 * stddev_samp(gap) - 1e-6)::BIGINT AS own,
           arg_min(region, day) AS region, arg_min(channel, day) AS first_channel,
           arg_min(category, day) AS first_category, arg_min(discounted, day) AS discounted
    FROM gapped GROUP BY customer_id
), judged AS (
    SELECT *, getvariable('as_of') - last_day AS silent_days,
           CASE WHEN own_rhythm THEN greatest(own, 30) ELSE common END AS limit_days,
           silent_days > limit_days AS lost,
           CASE WHEN lost THEN last_day + (limit_days + 1)::INTEGER END AS lost_on
    FROM figures, usual
)
SELECT customer_id, first_day, last_day, buying_days, spent, silent_days, limit_days, own_rhythm, lost, lost_on,
       coalesce(lost_on, getvariable('as_of')) - first_day AS tenure_days, customers.gender,
       coalesce(customers.region, judged.region) AS region, first_channel, first_category,
       CASE month(first_day) // 3 WHEN 1 THEN 'spring' WHEN 2 THEN 'summer' WHEN 3 THEN 'autumn' ELSE 'winter' END
           AS first_season,
       CASE WHEN discounted THEN 'yes' ELSE 'no' END AS first_discounted
FROM judged LEFT JOIN customers USING (customer_id)
