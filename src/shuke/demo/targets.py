"""Targets: what did the company mean to sell and to spend, and where did it come out otherwise?

Tables made here: `plans` (of each shop and month), `costs` (single expenses of cost centres, those of days
to come included) and `budgets`. A plan is written before its month, and missed where the shop then sold
less. A budget is overrun and a cost centre climbs by a throw of its own.
"""

import duckdb

_MACROS = """
CREATE MACRO days_in(month) AS day((month + INTERVAL 1 MONTH)::DATE - 1)::INTEGER;
"""

_PLANS = """
CREATE TABLE plans AS
WITH sold AS (
    SELECT store, date_trunc('month', time)::DATE AS month, sum(price * quantity - discount)::BIGINT AS cents
    FROM lines WHERE channel = 'till' AND time < last_day() + 1 GROUP BY ALL
), company AS (
    SELECT month, sum(cents) AS cents,
           avg(sum(cents)) OVER (ORDER BY month ROWS BETWEEN 6 PRECEDING AND 1 PRECEDING) AS usual
    FROM sold GROUP BY month
), seasons AS (
    -- what the same month of the year before was beside the half year before it
    SELECT month + INTERVAL 1 YEAR AS month, cents / usual AS season FROM company
    WHERE month >= date_trunc('month', first_day()) + INTERVAL 7 MONTH
), known AS (
    -- whoever plans a month knows the half year before it, and nothing of the month
    SELECT store, month, cents, avg(cents) OVER before AS usual, count(*) OVER before AS months,
           throw('plan', store || '.' || month) AS p
    FROM sold WHERE month >= date_trunc('month', first_day()) + INTERVAL 1 MONTH
    WINDOW before AS (PARTITION BY store ORDER BY month
                      RANGE BETWEEN INTERVAL 6 MONTH PRECEDING AND INTERVAL 1 MONTH PRECEDING)
), planned AS (
    SELECT known.*, (usual * coalesce(season, 1) * CASE WHEN part(p, 0) < 0.12 THEN 1.35 + part(p, 1) * 0.45
                                                        ELSE 0.6 + part(p, 1) * 0.2 END)::BIGINT AS figure
    FROM known LEFT JOIN seasons USING (month) WHERE months >= 3 AND usual > 10000
)
SELECT stores.code AS code, month, planned.cents AS sold, (figure // 10000 + 1) * 10000 AS cents,
       planned.cents < (figure // 10000 + 1) * 10000 AS missed
FROM planned JOIN stores ON stores.number = store
"""

_COSTS = """
CREATE TABLE costs AS
WITH months AS (
    SELECT unnest(generate_series(date_trunc('month', first_day()) + INTERVAL 1 MONTH,
                                  date_trunc('month', last_day()), INTERVAL 1 MONTH))::DATE AS month
), centres AS (
    SELECT unnest(['Advertising', 'Logistics', 'Rent', 'Staff training', 'IT', 'Packaging']) AS centre,
           unnest([18000, 12000, 4000, 6000, 8000, 5000]) AS base,
           unnest([40, 30, 8, 12, 16, 24]) AS often
), held AS (
    SELECT *, throw('centre', centre || '.' || month) AS m,
           part(throw('climb', centre), 0) < 0.25 AS climbs,
           -- as much more as the company has customers
           base::BIGINT * greatest(1, getvariable('customers') // 1000) AS size
    FROM months, centres
), thrown AS (
    SELECT *, unnest(range(often)) AS nth, throw('cost', centre || '.' || month || '.' || nth) AS c FROM held
), dated AS (
    SELECT *, month + floor(part(c, 0) * days_in(month))::INTEGER AS spent_on FROM thrown
), paid AS (
    SELECT centre, month, m, spent_on, climbs AND spent_on > last_day() - 80 AS climbed,
           (size * (0.5 + part(c, 1)) * CASE WHEN climbed THEN 2 ELSE 1 END)::BIGINT AS cents
    FROM dated
    UNION ALL
    -- once a month at the beginning; now and then one thing that costs as much as all else
    SELECT centre, month, m, month + 1, false, size * 30 FROM held WHERE centre = 'Rent'
    UNION ALL
    SELECT centre, month, m, month + 9, false, size * often FROM held WHERE part(m, 2) < 0.05
)
SELECT *, row_number() OVER (ORDER BY spent_on, centre, cents) AS serial, format('EX{:07d}', serial) AS number
FROM paid
"""

_BUDGETS = """
CREATE TABLE budgets AS
WITH spent AS (
    SELECT centre, month, any_value(m) AS m, sum(cents)::BIGINT AS whole,
           sum(cents) FILTER (spent_on <= last_day())::BIGINT AS spent
    FROM costs GROUP BY centre, month
)
SELECT centre, month, whole, spent, part(m, 0) < 0.1 AS overrun,
       (CASE WHEN overrun THEN whole * 100 // (120 + floor(part(m, 1) * 40)::INTEGER)
             ELSE whole * (108 + floor(part(m, 1) * 20)::INTEGER) // 100 END // 10000 + 1) * 10000 AS cents
FROM spent
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what was planned, budgeted and spent."""
    db.execute(_MACROS)
    db.execute(_PLANS)
    db.execute(_COSTS)
    db.execute(_BUDGETS)
