"""Dealings: when does whom buy what, and what do organisations owe?

Tables made here: `days` and `ticks` (the calendar), `orders`, `lines`, `invoices`, `payments` and
`credit_limits`. Everybody buys in a rhythm of their own for as long as they remain a customer.
"""

import duckdb

from shuke.demo import letters

#: A day's weight says how much is bought on it. The tempo of customers runs through the calendar
#: faster where the weights are small: `ticks` holds the day reached after each eighth of a steady day.
_CALENDAR = """
CREATE TABLE days AS
WITH dates AS (
    SELECT number, first_day() + number::INTEGER AS day, strftime(day, '%m-%d') AS date,
           list_min([f - day FOR f IN words().spring_festivals IF f - day > -8]) AS to_festival
    FROM range(1, history() + 1) AS numbers(number)
), weighed AS (
    SELECT number, day,
           date BETWEEN '11-09' AND '11-11' OR date BETWEEN '06-16' AND '06-18' OR date = '12-12' AS sale,
           CASE WHEN dayofweek(day) IN (0, 6) THEN 1.35 ELSE 1.0 END
           * CASE date WHEN '11-11' THEN 5 WHEN '06-18' THEN 3 WHEN '12-12' THEN 2 ELSE 1 END
           * CASE WHEN date IN ('11-09', '11-10', '06-16', '06-17') THEN 1.8 ELSE 1 END
           * CASE WHEN date BETWEEN '10-01' AND '10-07' THEN 1.4 ELSE 1 END
           * CASE WHEN to_festival < 3 THEN 0.4 WHEN to_festival <= 24 THEN 1.8 ELSE 1 END AS weight
    FROM dates
)
SELECT day, sale, weight,
       (sum(weight) OVER (ORDER BY number) - weight) * history() / sum(weight) OVER () AS begins
FROM weighed;
CREATE TABLE ticks AS
SELECT tick, day, sale
FROM (SELECT tick, tick / 8.0::DOUBLE AS tempo FROM range(8 * history()) AS eighths(tick)) AS eighths
ASOF JOIN days ON eighths.tempo >= days.begins
"""

#: One row per order and per return. `key` is what the dice are thrown for: a return throws those of the
#: order that it returns, and so holds the same goods. What answers a letter comes on top of the rhythm.
_ORDERS = """
CREATE TABLE orders AS
WITH placed AS (
    SELECT id AS person, cards, accounts, webshop, taobao, motive, taste, grows_on,
           stores.number AS home_store,
           greatest(1, floor((least(ended, history()) - began) / rhythm + 0.75)::INTEGER) AS times,
           unnest(range(times)) AS nth, began, rhythm
    FROM people JOIN stores ON people.city.en = stores.city.en
    WHERE customer
), thrown AS (
    SELECT *, person * 1000 + nth AS id, throw('order', id) AS a, throw('place', id) AS b,
           began + (nth + CASE WHEN nth > 0 THEN (part(a, 0) - 0.5) / 2 ELSE 0 END) * rhythm AS tempo
    FROM placed
), dated AS (
    SELECT *, CASE WHEN part(a, 1) < webshop THEN 'webshop' WHEN part(a, 1) < webshop + taobao THEN 'taobao'
                   ELSE 'till' END AS channel,
           day + to_seconds(CASE WHEN channel = 'till' THEN 32400 + floor(part(a, 2) * 45000)
                                 ELSE 21600 + floor(part(a, 2) * 64000) END::BIGINT) AS time,
           [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6][1 + floor(part(a, 3) * 16)::INTEGER] AS size,
           channel <> 'taobao' AND fine(a, 3) < dirt().returns AS comes_back
    FROM thrown JOIN ticks ON tick = floor(tempo * 8)::INTEGER
), answering AS (
    SELECT id AS person, cards, accounts, motive, taste, grows_on, stores.number AS home_store,
           person * 1000 + 990 + nth AS id, throw('place', person * 1000 + 990 + nth) AS b, 'till' AS channel,
           answers_on + to_seconds(32400 + floor(part(b, 0) * 45000)::BIGINT) AS time, days.sale, 2 AS size,
           false AS comes_back
    FROM answers JOIN people ON people.id = person JOIN stores ON people.city.en = stores.city.en
    JOIN days ON days.day = answers_on
), bought AS (
    SELECT id, id AS key, person, channel, time, time::DATE AS sold_on, sale, motive,
           fond_of(taste, grows_on, sold_on) AS taste, 1 AS sign,
           CASE WHEN part(b, 0) < 0.9 THEN home_store
                ELSE 1 + floor(part(b, 1) * (SELECT count(*) FROM stores))::INTEGER END AS store,
           CASE channel WHEN 'till' THEN cards WHEN 'webshop' THEN accounts ELSE 1 END AS papers,
           channel = 'till' AND (papers = 0 OR part(b, 2) < dirt().forgotten_cards) AS anonymous,
           papers = 2 AND part(b, 3) < 0.5 AS second, size, comes_back
    FROM (FROM dated UNION ALL BY NAME FROM answering)
), returned AS (
    SELECT * REPLACE (-id AS id, -1 AS sign, 1 AS size,
                      time + to_hours(24 * (1 + floor(part(throw('back', id), 0) * 20)::INTEGER)) AS time)
    FROM bought
    WHERE comes_back
)
SELECT * EXCLUDE (papers, comes_back), row_number() OVER (PARTITION BY channel ORDER BY time, id) AS number
FROM (FROM bought UNION ALL FROM returned WHERE time < last_day() + 1);
CREATE TABLE originals AS
SELECT back.id, sold.number
FROM orders AS back JOIN orders AS sold ON sold.id = back.key
WHERE back.sign < 0 AND part(throw('unreferenced', back.key), 0) >= dirt().unreferenced
"""

#: One row per order line; money in cents. The second line is the companion of the first, if that has one,
#: in half of the orders. What is drawn: the customer's favourite shelf, or the one of their motive. Quantity
#: follows the net price with the elasticity of their motive, exactly so on the average.
_LINES = """
CREATE TABLE lines AS
WITH begun AS (
    SELECT orders.*, throw('line', key || '.1') AS roll
    FROM orders
), headed AS (
    SELECT begun.*, on_sale(head, sold_on) AS head, products.companion
    FROM begun
    JOIN shelves AS head ON head.shelf = reach(taste, motive, roll) AND head.tick = spot(roll)
    JOIN products ON products.number = on_sale(head, sold_on)
), spread AS (
    SELECT * EXCLUDE (roll), unnest(range(1, size + 1)) AS line, roll AS first_roll
    FROM headed
), rolled AS (
    SELECT *, CASE WHEN line = 1 THEN first_roll ELSE throw('line', key || '.' || line) END AS roll
    FROM spread
), picked AS (
    SELECT rolled.*, CASE WHEN line = 1 THEN head
                          WHEN line = 2 AND companion IS NOT NULL AND part(roll, 2) < 0.5 THEN companion
                          ELSE on_sale(drawn, sold_on) END AS product
    FROM rolled
    JOIN shelves AS drawn ON drawn.shelf = reach(taste, motive, roll) AND drawn.tick = spot(roll)
)
SELECT picked.number, channel, line::INTEGER AS line, id, person, time, store, anonymous, second, product,
       percent(product, last_day() - sold_on) AS percent,
       reduction(motive, sale, fine(roll, 0)) AS reduction,
       products.cents * percent // 100 AS price,
       [1, 1, 1, 1, 1, 1, 1, 2, 2, 3][1 + floor(part(roll, 3) * 10)::INTEGER] AS usual,
       sign * floor(usual * (percent * (100 - reduction) / 10000.0::DOUBLE) ** -elasticity(motive)
                    + fine(roll, 3))::INTEGER AS quantity,
       price * quantity * reduction // 100 AS discount
FROM picked JOIN products ON products.number = picked.product
"""

_MACROS = """
CREATE MACRO reach(taste, motive, roll) AS CASE
    WHEN part(roll, 0) < 0.5 THEN taste
    WHEN motive = 'price' THEN 101 WHEN motive = 'service' THEN 102 ELSE 103 END;
CREATE MACRO on_sale(place, day) AS
    CASE WHEN day < last_day() - place.launched::INTEGER THEN place.before ELSE place.product END;
-- of the dearest price so many days before the last one: a third of the products became dearer once or
-- twice in two years, a third are on offer for two weeks of each quarter, a third cost what they always did
CREATE MACRO percent(product, age) AS CASE product % 3
    WHEN 0 THEN CASE WHEN age < 60 + product * 7 % 420 THEN 100
                     WHEN product % 2 = 1 OR age < 260 + product * 7 % 420 THEN 90 ELSE 80 END
    WHEN 1 THEN CASE WHEN (age + product * 11) % 91 < 14 THEN 80 ELSE 100 END
    ELSE 100 END;
CREATE MACRO elasticity(motive) AS
    CASE motive WHEN 'price' THEN 2.0::DOUBLE WHEN 'service' THEN 0.6::DOUBLE ELSE 0.3::DOUBLE END;
CREATE MACRO spot(roll) AS floor(part(roll, 1) * 1024)::INTEGER;
-- per cent off
CREATE MACRO reduction(motive, sale, u) AS CASE
    WHEN u < CASE motive WHEN 'price' THEN 0.5 WHEN 'service' THEN 0.1 ELSE 0.2 END
             + CASE WHEN sale THEN 0.35 ELSE 0 END
    THEN [5, 10, 10, 15, 20, 30, 20, 10][1 + floor(u * 1024)::INTEGER % 8] ELSE 0 END;
"""

#: Some pay on time, some late, some only a part, some not yet.
_RECEIVABLES = """
CREATE TABLE invoices AS
WITH billed AS (
    SELECT id AS organisation, number AS customer, unnest(range(4 + (f % 17)::INTEGER)) AS nth,
           throw('invoice', id || '.' || nth) AS i
    FROM organisations
), dated AS (
    SELECT *, last_day() - floor(part(i, 0) * 730)::INTEGER AS issued, issued + 30 AS due,
           (50000 + floor(power(part(i, 1), 3) * 4000000))::BIGINT AS cents
    FROM billed
)
SELECT row_number() OVER (ORDER BY issued, organisation, nth) AS serial,
       format('INV{:07d}', serial) AS number, organisation, customer, issued, due, cents, i
FROM dated;
CREATE TABLE payments AS
SELECT row_number() OVER (ORDER BY paid, invoice) AS serial, format('PAY{:07d}', serial) AS number,
       invoice, organisation, customer, paid, cents, method
FROM (
    SELECT number AS invoice, organisation, customer,
           due - 20 + floor(part(i, 2) * 50)::INTEGER AS paid,
           CASE WHEN part(i, 3) < 0.78 THEN cents WHEN part(i, 3) < 0.88 THEN cents * 6 // 10 END AS cents,
           CASE WHEN part(i, 1) < 0.8 THEN 'bank transfer' ELSE 'cheque' END AS method
    FROM invoices
)
WHERE cents IS NOT NULL AND paid <= last_day();
CREATE TABLE credit_limits AS
WITH owed AS (
    SELECT organisations.id, number, name, name_en, tax_number, email, c,
           coalesce(invoiced.cents, 0)::BIGINT - coalesce(received.cents, 0)::BIGINT AS open_cents
    FROM organisations
    LEFT JOIN (SELECT organisation, sum(cents) AS cents FROM invoices GROUP BY ALL) AS invoiced
           ON invoiced.organisation = organisations.id
    LEFT JOIN (SELECT organisation, sum(cents) AS cents FROM payments GROUP BY ALL) AS received
           ON received.organisation = organisations.id
)
SELECT * EXCLUDE (c), open_cents > 100000 AND part(c, 0) < 0.2 AS beyond,
       CASE WHEN beyond THEN open_cents * (40 + floor(part(c, 1) * 55)::INTEGER) // 100
            ELSE open_cents * (110 + floor(part(c, 1) * 200)::INTEGER) // 100 + 1000000
            END // 10000 * 10000 AS cents
FROM owed
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make all that was bought, invoiced and paid."""
    db.execute(_MACROS)
    db.execute(_CALENDAR)
    letters.make(db)
    db.execute(_ORDERS)
    db.execute(_LINES)
    db.execute(_RECEIVABLES)
