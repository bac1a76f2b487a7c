WITH told AS (
    UNPIVOT (
        SELECT tenure_days, lost, gender, region, first_channel, first_category, first_season, first_discounted,
               'all' AS "all"
        FROM departures
    ) ON gender, region, first_channel, first_category, first_season, first_discounted, "all"
    INTO NAME attribute VALUE value
), daily AS (
    SELECT attribute, value, tenure_days, count_if(lost) AS lost, count(*) AS followed FROM told GROUP BY ALL
), sizes AS (
    SELECT attribute, value, sum(followed) AS size FROM daily GROUP BY attribute, value HAVING size >= 30 OR attribute = 'all'
    QUALIFY row_number() OVER (PARTITION BY attribute ORDER BY size DESC, value) <= 8
), numbered AS (
    SELECT attribute, value, tenure_days, lost,
           sum(followed) OVER backwards AS at_risk, sum(lost) OVER forwards AS lost_so_far
    FROM daily SEMI JOIN sizes USING (attribute, value)
    WINDOW backwards AS (PARTITION BY attribute, value ORDER BY tenure_days DESC),
           forwards AS (PARTITION BY attribute, value ORDER BY tenure_days)
), curve AS (
    SELECT *, product(1 - lost / at_risk) OVER forwards AS share,
           sum(lost / (at_risk * greatest(at_risk - lost, 1))) OVER forwards AS variance,
           1.959963984540054 * sqrt(variance) / abs(ln(nullif(share, 0))) AS width,
           1.959963984540054 ** 2 / (at_risk + 1.959963984540054 ** 2) AS score
    FROM numbered
    WINDOW forwards AS (PARTITION BY attribute, value ORDER BY tenure_days)
), drawn AS (
    SELECT attribute, value, tenure_days, at_risk, lost_so_far, share,
           CASE WHEN share > 0 AND share < 1 THEN share ** exp(width) WHEN share > 0 THEN 1 - score ELSE 0 END AS low,
           CASE WHEN share > 0 AND share < 1 THEN share ** exp(-width) WHEN share > 0 THEN 1 ELSE score END AS high
    FROM curve
), grid AS (
    SELECT attribute, value, unnest(range(floor(max(tenure_days) / (365.25 / 12))::BIGINT + 1)) AS age
    FROM curve GROUP BY attribute, value
), marked AS (
    SELECT *, age * (365.25 / 12)::DOUBLE AS day FROM grid
), followed AS (
    SELECT marked.*, coming.at_risk
    FROM marked ASOF JOIN drawn AS coming
        ON marked.attribute = coming.attribute AND marked.value = coming.value AND marked.day <= coming.tenure_days
)
SELECT followed.attribute, followed.value, age, followed.at_risk,
       coalesce(lost_so_far, 0)
           - lag(coalesce(lost_so_far, 0), 1, 0) OVER (PARTITION BY followed.attribute, followed.value ORDER BY age) AS lost,
       coalesce(share, 1) AS share, coalesce(low, 1) AS low, coalesce(high, 1) AS high
FROM followed ASOF LEFT JOIN drawn
    ON followed.attribute = drawn.attribute AND followed.value = drawn.value AND followed.day >= drawn.tenure_days
