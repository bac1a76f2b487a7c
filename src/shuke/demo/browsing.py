"""Browsing: what did customers of the web shop look at in its last ninety days?

The table made here is `events`. People stroll along the shelf that they are fond of, and before every
second order they look at what they then buy.
"""

import duckdb

_SESSIONS = """
CREATE TABLE sessions AS
WITH known AS (
    SELECT people.*, accounts.second, accounts.email AS login
    FROM accounts JOIN people ON people.id = person
    WHERE accounts.email IS NOT NULL
), bored AS (
    SELECT known.*, throw('bored', id) AS b, unnest(range(floor(part(b, 0) * 4)::INTEGER)) AS nth
    FROM known WHERE NOT second
), strolls AS (
    SELECT bored.*, day, throw('stroll', id || '.' || nth) AS roll,
           history() - 90 + part(b, 1 + nth) * 90 AS tempo
    FROM bored JOIN ticks ON tick = floor((history() - 90 + part(b, 1 + nth) * 90) * 8)::INTEGER
    WHERE tempo BETWEEN began AND ended AND day > last_day() - 90
), seen AS (
    SELECT id, second, login, english,
           day + to_seconds((25200 + floor(part(roll, 2) * 57600))::BIGINT) AS time,
           on_sale(shelves, day) AS product, roll
    FROM strolls JOIN shelves
      ON shelf = CASE WHEN part(roll, 0) < 0.8 THEN fond_of(taste, grows_on, day)
                      WHEN motive = 'price' THEN 101 WHEN motive = 'service' THEN 102 ELSE 103 END
     AND shelves.tick = spot(roll)
    UNION ALL
    SELECT known.id, known.second, login, english,
           time - to_seconds((1800 + floor(part(looked, 1) * 170000))::BIGINT), product, looked
    FROM (SELECT *, throw('looked', id) AS looked FROM lines) AS lines
    JOIN known ON known.id = person AND known.second = lines.second
    WHERE channel = 'webshop' AND line = 1 AND quantity > 0 AND time >= last_day() - 87
      AND part(looked, 0) < 0.5
)
SELECT *, row_number() OVER (ORDER BY time, id, product, roll) AS number FROM seen
"""

#: the steps of a session: a page or a search, a look at the product, then perhaps the list or the cart
_EVENTS = """
CREATE TABLE events AS
WITH stepped AS (
    SELECT *, unnest(range(2 + floor(part(roll, 3) * 3)::INTEGER)) AS step FROM sessions
), named AS (
    SELECT *, CASE step WHEN 0 THEN CASE WHEN fine(roll, 3) < 0.6 THEN 'search' ELSE 'page' END
                        WHEN 1 THEN 'view'
                        WHEN 2 THEN CASE WHEN fine(roll, 3) < 0.5 THEN 'favourite' ELSE 'view' END
                        ELSE 'cart' END AS name
    FROM stepped
)
SELECT row_number() OVER (ORDER BY named.number, step) AS serial, format('EV{:010d}', serial) AS event,
       id AS person, named.name AS name, time + to_seconds(40 * step) AS time, login AS email,
       'web-' || left(md5(login), 12) AS device, format('SE{:09d}', named.number) AS session,
       CASE WHEN step > 0 THEN product END AS product,
       CASE WHEN named.name = 'search' THEN split_part(in_words(english, products.name.zh, products.name.en),
            CASE WHEN english THEN ',' ELSE ' ' END, 1) END AS searched,
       CASE WHEN step > 0 THEN '/products/' || sku WHEN named.name = 'search' THEN '/search'
            ELSE '/category/' || products.shelf END AS page
FROM named JOIN products ON products.number = product
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what was looked at."""
    db.execute(_SESSIONS)
    db.execute(_EVENTS)
