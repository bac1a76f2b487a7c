WITH told AS (
    UNPIVOT (
        SELECT tenure_days, lost, gender, region, first_channel, first_category, first_season, first_discounted
        FROM departures
    ) ON gender, region, first_channel, first_category, first_season, first_discounted
    INTO NAME attribute VALUE value
), daily AS (
    SELECT attribute, value, tenure_days, count_if(lost) AS lost, count(*) AS followed FROM told GROUP BY ALL
), common AS (
    SELECT *, sum(followed) OVER (PARTITION BY attribute, value ORDER BY tenure_days DESC) AS at_risk
    FROM daily QUALIFY sum(followed) OVER (PARTITION BY attribute, value) >= 30
), stays AS (
    SELECT attribute, value, sum(followed) AS followed, sum(lost) AS lost,
           coalesce(product(1 - lost / at_risk) FILTER (tenure_days <= 365), 1) AS share
    FROM common GROUP BY attribute, value
)
SELECT attribute, count(*) AS "values", sum(followed) AS customers, sum(lost) AS lost,
       arg_min(value, (-share, value)) AS best_value, max(share) AS best_share,
       arg_min(value, (share, value)) AS worst_value, min(share) AS worst_share, 365 AS after_days
FROM stays GROUP BY attribute HAVING count(*) > 1
