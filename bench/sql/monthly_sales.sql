WITH sales AS (
    SELECT month,
           coalesce(sum(amount) FILTER (NOT is_return), 0) AS gross,
           coalesce(sum(amount) FILTER (is_return), 0) AS returns,
           coalesce(sum(amount), 0) AS net,
           count(DISTINCT customer_id) AS customers, count(*) AS lines, count(stated_amount) FILTER (amount IS NULL) AS unconverted
    FROM purchases WHERE month IS NOT NULL AND kind <> 'void' GROUP BY month
), counted AS (
    SELECT month, count(*) AS orders, count_if(only_returns) AS return_orders
    FROM (
        SELECT month, order_id, bool_and(is_return) AS only_returns
        FROM purchases WHERE order_id IS NOT NULL AND kind <> 'void' GROUP BY month, order_id
    ) GROUP BY month
)
SELECT sales.month, gross, returns, sales.net, coalesce(orders, 0) AS orders, coalesce(return_orders, 0) AS return_orders,
       customers, lines, unconverted,
       last_month.net AS net_month_before,
       sales.net::DOUBLE / CASE WHEN last_month.net > 0 THEN last_month.net::DOUBLE END - 1 AS change_on_month,
       last_year.net AS net_year_before,
       sales.net::DOUBLE / CASE WHEN last_year.net > 0 THEN last_year.net::DOUBLE END - 1 AS change_on_year,
       feasts.feast AS spring_festival
FROM sales
LEFT JOIN counted USING (month)
LEFT JOIN (SELECT month, net FROM sales) AS last_month ON last_month.month = sales.month - INTERVAL 1 MONTH
LEFT JOIN (SELECT month, net FROM sales) AS last_year ON last_year.month = sales.month - INTERVAL 1 YEAR
LEFT JOIN feasts ON feasts.month = sales.month
