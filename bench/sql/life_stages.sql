CREATE TEMP MACRO told_on(upto) AS TABLE (
WITH goods AS NOT MATERIALIZED (
    SELECT customer_id, day, category, store_id, city,
           lower(coalesce(category, '') || ' ' || coalesce(product_name, '')) AS text
    FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= upto
), shelf AS (
    SELECT text, max(category) AS category, count(*) AS sold FROM goods GROUP BY text
), suggested AS (
    SELECT words, arg_min(category, (-sold, category)) AS suggested FROM (
        SELECT words, category, sum(sold) AS sold
        FROM shelf JOIN (SELECT DISTINCT unnest([wanted, home, rest]) AS words FROM life_rules)
            ON regexp_matches(text, words)
        WHERE category IS NOT NULL GROUP BY words, category
    ) GROUP BY words
), home AS (
    SELECT any_value(s.suggested) AS home, any_value(r.suggested) AS rest
    FROM life_rules LEFT JOIN suggested AS s ON s.words = home LEFT JOIN suggested AS r ON r.words = rest
), matched AS (
    SELECT rule, text, false AS wanted FROM shelf JOIN life_rules ON regexp_matches(text, sign)
    UNION ALL
    SELECT rule, text, true FROM shelf JOIN life_rules ON regexp_matches(text, life_rules.wanted)
), terms AS (
    SELECT rule, stage, suggested, round_even(least * 30.4375, 0)::INTEGER AS least,
           round_even(most * 30.4375, 0)::INTEGER AS most, upto - to_months(life_rules.most) AS begins,
           upto - to_months(life_rules.least) AS ends
    FROM life_rules LEFT JOIN suggested ON words = wanted
), told AS MATERIALIZED (
    SELECT DISTINCT customer_id, rule, matched.wanted, day FROM goods JOIN matched USING (text)
), held AS (
    SELECT customer_id, rule, min(day) AS first, min(day) FILTER (day BETWEEN begins AND ends) AS sign
    FROM told JOIN terms USING (rule) WHERE NOT wanted GROUP BY customer_id, rule
), outgrown AS (
    SELECT held.customer_id, rule, first, sign,
           coalesce(bool_or(day - first BETWEEN least AND most), false) AS came, coalesce(bool_or(day >= sign + least), false) AS has
    FROM held JOIN terms USING (rule)
    LEFT JOIN (SELECT customer_id, rule, day FROM told WHERE wanted) USING (customer_id, rule)
    GROUP BY held.customer_id, rule, first, sign
), odds AS (
    SELECT rule, CASE WHEN count_if(first < begins) >= 20
                      THEN count_if(first < begins AND came) / count_if(first < begins) END AS sure
    FROM outgrown JOIN terms USING (rule) GROUP BY rule
), begun AS MATERIALIZED (
    SELECT customer_id, category, min(day) AS first, count(DISTINCT day) AS days FROM goods
    WHERE category IS NOT NULL GROUP BY ALL
), most AS (
    SELECT category, min(first) AS start, count(*) AS owners FROM begun GROUP BY category
    ORDER BY owners DESC, category LIMIT 100
), told_of AS MATERIALIZED (
    SELECT customer_id, category, first, days, start, min(first) OVER (PARTITION BY customer_id) AS came
    FROM begun JOIN most USING (category)
), pairs AS (
    SELECT a.category AS sign, b.category AS wanted, count_if(lag > 0 AND fair) AS first_then,
           count_if(lag < 0 AND fair) AS other_way, sum(chance) FILTER (fair) AS expected,
           sum(chance * (1 - chance)) FILTER (fair) AS variance,
           quantile_cont(lag, [0.25, 0.5, 0.75]) FILTER (lag > 0) AS q,
           count_if(lag > 0) AS all_then, count_if(lag < 0) AS all_other
    FROM (
        SELECT a, b, b.first - a.first AS lag, a.days / (a.days + b.days) AS chance,
               a.came >= a.start AND a.came >= b.start AS fair
        FROM told_of AS a JOIN told_of AS b USING (customer_id) WHERE a.category <> b.category AND a.first <> b.first
    ) GROUP BY a.category, b.category
), found AS (  -- three deviations stand for the correction for many tries, which needs an error function
    SELECT sign, wanted, trunc(q[1])::INTEGER AS after, trunc(q[3])::INTEGER AS until,
           all_then / (owners - all_other)::DOUBLE AS share
    FROM pairs JOIN most ON category = sign
    WHERE first_then + other_way >= 30 AND variance > 0 AND first_then >= 1.25 * expected AND q[2] >= 90
      AND (first_then - expected) / sqrt(variance) > 3
), cities AS (
    SELECT customer_id, city, min(day) AS begun, max(day) AS last, count(DISTINCT day) AS parcels
    FROM goods WHERE store_id IS NULL AND city IS NOT NULL GROUP BY ALL
), ranked AS (
    SELECT *, lead(last) OVER newest AS before, lead(parcels) OVER newest AS earlier FROM cities
    WINDOW newest AS (PARTITION BY customer_id ORDER BY last DESC, city)
    QUALIFY row_number() OVER newest = 1
), places AS (
    SELECT customer_id, attribute, trim(replace(value, '市', '')) AS place, min(first_at)::DATE AS begun,
           max(collected_at)::DATE AS last, max(freshness) AS fresh
    FROM facts WHERE attribute IN ('city', 'address') AND customer_id IS NOT NULL AND first_at::DATE <= upto GROUP BY ALL
), newest AS (
    SELECT *, lead(last) OVER latest AS before FROM places
    WINDOW latest AS (PARTITION BY customer_id, attribute ORDER BY begun DESC, place)
    QUALIFY row_number() OVER latest = 1
), born AS (
    SELECT customer_id, greatest(birth_from, (upto - INTERVAL 780 MONTH)::DATE) AS low,
           (least(birth_until, (upto - INTERVAL 720 MONTH)::DATE) - low + 1)
               / (birth_until - birth_from + 1) AS sure
    FROM customers WHERE birth_from IS NOT NULL AND birth_until IS NOT NULL
), every AS (
    SELECT customer_id, stage, 'rule' AS source, sign + least AS since, suggested AS suggested_category, sure,
           'Bought what “' || stage || '” begins with on ' || sign || '.' AS evidence,
           '于 ' || sign || ' 购买了「' || stage || '」的起始商品。' AS evidence_zh
    FROM outgrown JOIN terms USING (rule) JOIN odds USING (rule) WHERE sign IS NOT NULL AND NOT has
    UNION ALL
    SELECT customer_id, sign || ' → ' || wanted, 'learnt', first + after, wanted, share,
           'Began with ' || sign || ' on ' || first || '; ' || round(share * 100)::BIGINT || '% of such customers came to '
               || wanted || ' later.',
           first || ' 开始购买「' || sign || '」；此类客户中有 ' || round(share * 100)::BIGINT || '% 后来购买「' || wanted || '」。'
    FROM begun JOIN found ON category = sign
    ANTI JOIN (SELECT customer_id, category AS wanted FROM begun) USING (customer_id, wanted)
    WHERE upto - first BETWEEN after AND 2 * until
    UNION ALL
    SELECT customer_id, 'moved', 'fact', begun, home, fresh, 'A new address or city was first given on ' || begun || '.',
           '首次登记新地址或城市：' || begun || '。'
    FROM newest, home
    WHERE before < begun AND begun BETWEEN upto - INTERVAL 12 MONTH AND upto
    UNION ALL
    SELECT customer_id, 'moved', 'fact', begun, home, parcels / (parcels + 1),
           'Parcels go to another city since ' || begun || '.', '收货城市变更，始于 ' || begun || '。'
    FROM ranked, home
    WHERE before < begun AND parcels >= 2 AND earlier >= 2
      AND begun BETWEEN upto - INTERVAL 12 MONTH AND upto
    UNION ALL
    SELECT customer_id, 'retired', 'fact', low + 21915, rest, sure, 'Turned 60 within the last five years.', '最近五年内年满 60 岁。'
    FROM born, home WHERE sure >= 0.5
)
SELECT * FROM every
QUALIFY row_number() OVER (PARTITION BY customer_id, stage ORDER BY since, sure DESC, evidence) = 1
);
WITH told AS MATERIALIZED (
    FROM told_on(getvariable('as_of'))
), goods AS (
    SELECT customer_id, category, day, getvariable('as_of') - 182 AS cut FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), earlier AS (
    SELECT DISTINCT customer_id FROM goods WHERE day <= cut
), taken AS (
    SELECT DISTINCT customer_id, category AS suggested_category, true AS came FROM goods
    WHERE day > cut AND category IS NOT NULL
), usual AS (
    SELECT suggested_category, count(*) / (SELECT count(*) FROM earlier) AS usual
    FROM taken SEMI JOIN earlier USING (customer_id) GROUP BY suggested_category
), trials AS (
    SELECT stage, any_value(coalesce(usual, 0)) AS usual, count(*) AS here, count(came) AS came
    FROM told_on(getvariable('as_of') - 182) LEFT JOIN taken USING (customer_id, suggested_category)
    LEFT JOIN usual USING (suggested_category)
    WHERE suggested_category IS NOT NULL GROUP BY stage, suggested_category HAVING count(*) >= 20
), chances AS (
    SELECT stage, came > here * usual AS more, sum(CASE WHEN usual > 0 AND usual < 1 THEN exp(
               lgamma(here + 1) - lgamma(k + 1) - lgamma(here - k + 1) + k * ln(usual) + (here - k) * ln(1 - usual)
           ) ELSE (k = 0)::INTEGER END) AS p
    FROM (SELECT *, unnest(range(came, here + 1)) AS k FROM trials) GROUP BY ALL
), judged AS (
    SELECT stage, CASE WHEN more AND p <= max(p) FILTER (held) OVER () THEN 'stage' ELSE 'baseline' END AS method
    FROM (SELECT *, p <= 0.05 * rank() OVER (ORDER BY p) / count(*) OVER () AS held FROM chances)
)
SELECT told.* REPLACE (CASE WHEN method = 'baseline' THEN NULL ELSE suggested_category END AS suggested_category),
       coalesce(method, 'untried') AS method
FROM told LEFT JOIN judged USING (stage)
