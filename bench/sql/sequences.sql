WITH sold AS (
    SELECT customer_id, day, coalesce(product_id, product_name) AS product_id, product_name, category FROM purchases
    WHERE customer_id IS NOT NULL AND kind = 'goods' AND NOT is_return AND day <= getvariable('as_of')
), own AS (
    SELECT customer_id, 'product' AS level, product_id AS item, min(day) AS start,
           max(coalesce(product_name, product_id)) AS name
    FROM sold WHERE product_id IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT customer_id, 'category', category, min(day), max(category) FROM sold WHERE category IS NOT NULL GROUP BY ALL
), begun AS MATERIALIZED (
    SELECT *, last > start AS again
    FROM own JOIN (
        SELECT customer_id, max(day) AS last FROM sold WHERE product_id IS NOT NULL OR category IS NOT NULL
        GROUP BY customer_id
    ) USING (customer_id)
), shelf AS (
    SELECT level, item, row_number() OVER (ORDER BY level, item)::SMALLINT AS n, count_if(again) AS trials, max(name) AS title
    FROM begun GROUP BY level, item HAVING count(*) >= 10
), numbered AS MATERIALIZED (
    SELECT customer_id, level, n, start, again FROM begun JOIN shelf USING (level, item)
), steps AS (
    SELECT one.n AS a, other.n AS b, other.start - one.start AS lag
    FROM numbered AS one JOIN numbered AS other USING (customer_id, level) WHERE one.again AND one.n <> other.n
), pairs AS (
    SELECT a, b, count_if(lag > 0 AND lag <= 365) AS customers, count_if(lag <= 0) AS had FROM steps GROUP BY a, b
), bases AS (
    SELECT b, sum(customers) AS came, sum(had) AS had FROM pairs GROUP BY b
), trials AS (
    SELECT level, sum(trials) AS every FROM shelf GROUP BY level
), found AS (
    SELECT a, b, one.level, one.item AS first, two.item AS later, one.title AS first_name, two.title AS later_name,
           customers, one.trials - pairs.had AS could, customers / greatest(could, 1) AS share,
           came / greatest(every - two.trials - bases.had, 1) AS base,
           share / base AS lift
    FROM pairs JOIN shelf AS one ON one.n = a JOIN shelf AS two ON two.n = b JOIN bases USING (b)
    JOIN trials ON trials.level = one.level
), sure AS (  -- which of them are more than chance is for the Poisson test to say, which SQL has not
    SELECT * FROM found SEMI JOIN sequences USING (level, first, later) WHERE customers >= 10 AND lift > 1
), days AS (
    SELECT a, b, quantile_cont(lag, [0.25, 0.5, 0.75]) AS q
    FROM steps SEMI JOIN sure USING (a, b) WHERE lag > 0 AND lag <= 365 GROUP BY a, b
)
SELECT level, first, later, first_name, later_name, customers, could, share, base, lift,
       q[1] AS days_from, q[2] AS days, q[3] AS days_until
FROM sure JOIN days USING (a, b)
