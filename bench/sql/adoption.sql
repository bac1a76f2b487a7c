WITH goods AS NOT MATERIALIZED (
    SELECT customer_id, product_id, product_name, day FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
      AND product_id IS NOT NULL
), began AS (
    SELECT product_id, min(day) AS first, max(product_name) AS product_name, count(DISTINCT customer_id) AS triers,
           min(min(day)) OVER () AS opened
    FROM goods GROUP BY product_id
), known AS (
    SELECT product_id, coalesce(product_name, product_id) AS product_name, triers,
           coalesce(stated.launched, CASE WHEN first >= opened + 90 THEN first END) AS launched,
           launched > getvariable('as_of') - INTERVAL 12 MONTH AS is_new
    FROM began LEFT JOIN (
        SELECT product_id, launched FROM landed_products WHERE launched IS NOT NULL
    ) AS stated USING (product_id)
    WHERE coalesce(stated.launched, CASE WHEN first >= opened + 90 THEN first END)
          BETWEEN opened AND getvariable('as_of')
), launched AS (
    SELECT product_id, product_name, launched, is_new, least((getvariable('as_of') - launched + 1) // 7, 52) AS age
    FROM known
    QUALIFY row_number() OVER (
        PARTITION BY is_new ORDER BY CASE WHEN is_new THEN triers END DESC, CASE WHEN NOT is_new THEN launched END DESC,
        product_id
    ) <= CASE WHEN is_new THEN 30 ELSE 200 END
), steps AS (
    SELECT customer_id, product_id, min(day) AS first, (min(day, 2))[2] AS second FROM (
        SELECT DISTINCT customer_id, product_id, day FROM goods SEMI JOIN launched USING (product_id)
    ) GROUP BY ALL
), taken AS (
    SELECT product_id, segment, week, count(first) AS triers, count(second) AS repeaters FROM (
        SELECT product_id, tier, first, NULL AS second, greatest(first - launched, 0) // 7 + 1 AS week
        FROM steps JOIN launched USING (product_id) LEFT JOIN rfm USING (customer_id)
        UNION ALL
        SELECT product_id, tier, NULL, second, greatest(second - launched, 0) // 7 + 1
        FROM steps JOIN launched USING (product_id) LEFT JOIN rfm USING (customer_id) WHERE second IS NOT NULL
    ), (SELECT unnest([0, 1]) AS everybody), LATERAL (
        SELECT CASE WHEN everybody = 1 THEN 'all' ELSE coalesce(tier, 'lost') END AS segment
    ) GROUP BY ALL
), present AS (
    SELECT date_trunc('week', min(day))::DATE AS begun, date_trunc('week', max(day))::DATE AS last,
           coalesce(any_value(tier), 'lost') AS segment
    FROM goods LEFT JOIN rfm USING (customer_id) GROUP BY customer_id
), spans AS (
    SELECT begun, last, segment, count(*) AS customers FROM present GROUP BY ALL
), active AS (
    SELECT product_id, CASE WHEN everybody = 1 THEN 'all' ELSE segment END AS segment, sum(customers) AS active
    FROM launched JOIN spans ON begun < launched + (7 * age)::INTEGER AND last >= launched - 365,
         (SELECT unnest([0, 1]) AS everybody)
    WHERE age > 0 GROUP BY ALL
), grid AS (
    SELECT product_id, segment, active, unnest(range(1, age + 1)) AS week
    FROM active JOIN launched USING (product_id)
), grown AS (
    SELECT product_id, segment, week, active, sum(coalesce(triers, 0)) OVER so_far AS tried,
           sum(coalesce(repeaters, 0)) OVER so_far AS repeaters
    FROM grid LEFT JOIN taken USING (product_id, segment, week)
    WINDOW so_far AS (PARTITION BY product_id, segment ORDER BY week)
), curves AS (
    SELECT product_id, segment, week, tried AS triers, repeaters, greatest(grown.active, tried) AS active,
           tried / greatest(grown.active, tried) AS trial, CASE WHEN tried > 0 THEN repeaters / tried END AS repeat
    FROM grown
), usual AS (
    SELECT segment, week, count(*) AS earlier, median(trial) AS earlier_trial,
           median(repeat) FILTER (triers >= 5) AS earlier_repeat
    FROM curves JOIN launched USING (product_id) WHERE NOT is_new GROUP BY segment, week
), told AS (
    SELECT curves.*, product_name, launched, greatest(active, 1)::DOUBLE AS n, greatest(triers, 1)::DOUBLE AS m,
           1.959963984540054 AS z
    FROM curves JOIN launched USING (product_id) WHERE is_new
)
SELECT product_id, product_name, launched, segment, week, active, triers, trial,
       greatest((trial + z * z / (2 * n) - z * sqrt(trial * (1 - trial) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0)
           AS trial_low,
       least((trial + z * z / (2 * n) + z * sqrt(trial * (1 - trial) / n + z * z / (4 * n * n))) / (1 + z * z / n), 1)
           AS trial_high,
       repeaters, repeat,
       CASE WHEN triers > 0 THEN greatest((repeat + z * z / (2 * m)
           - z * sqrt(repeat * (1 - repeat) / m + z * z / (4 * m * m))) / (1 + z * z / m), 0) END AS repeat_low,
       CASE WHEN triers > 0 THEN least((repeat + z * z / (2 * m)
           + z * sqrt(repeat * (1 - repeat) / m + z * z / (4 * m * m))) / (1 + z * z / m), 1) END AS repeat_high,
       coalesce(earlier, 0) AS earlier, earlier_trial, earlier_repeat
FROM told LEFT JOIN usual USING (segment, week)
