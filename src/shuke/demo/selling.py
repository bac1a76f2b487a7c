"""Selling: whom does the company approach by itself, what may come of it, and whom does it serve at a loss?

Tables made here: `approaches` (calls that the company makes), `opportunities` (with organisations), `jobs`
(what craftsmen who come to customers cost; for some customers more than they bring in a year) and `outside`,
what is known of the provinces in which people live.
"""

import duckdb

#: A call changes nothing of what people buy.
_APPROACHES = """
CREATE TABLE approaches AS
WITH chosen AS (
    SELECT people.*, throw('approach', id) AS often,
           unnest(range(CASE WHEN part(often, 0) < 0.3 THEN 1 + floor(part(often, 1) * 4)::INTEGER
                             ELSE 0 END)) AS nth
    FROM people WHERE customer
), thrown AS (
    SELECT *, throw('approached', id || '.' || nth) AS a, lived(began, ended, part(a, 0)) AS tempo FROM chosen
), dated AS (
    SELECT *, day + to_seconds((32400 + floor(part(a, 1) * 30000))::BIGINT) AS time
    FROM thrown JOIN ticks ON tick = floor(tempo * 8)::INTEGER
)
SELECT row_number() OVER (ORDER BY time, id, nth) AS serial, format('SC{:07d}', serial) AS number,
       id AS person, time, phone, floor(part(a, 2) * 6)::INTEGER AS agent,
       CASE WHEN agent < 4 THEN 'Sales' ELSE 'Aftercare' END AS department,
       CASE WHEN agent % 2 = 0 THEN 'phone' ELSE 'text message' END AS channel,
       pick(['reached', 'reached', 'no answer'], part(a, 3)) AS outcome
FROM dated
"""

_OPPORTUNITIES = """
CREATE TABLE opportunities AS
WITH begun AS (
    SELECT id AS organisation, number AS customer, unnest(range(2 + (f % 5)::INTEGER)) AS nth,
           throw('opportunity', id || '.' || nth) AS o, throw('chance', id || '.' || nth) AS p
    FROM organisations
), dated AS (
    SELECT *, last_day() - 5 - floor(part(o, 0) * 540)::INTEGER AS opened,
           opened + 15 + floor(part(o, 1) * 120)::INTEGER AS decided, opened + 90 AS expected_close,
           floor(part(o, 2) * 5)::INTEGER AS seller, decided <= last_day() AS is_decided
    FROM begun
)
SELECT row_number() OVER (ORDER BY opened, organisation, nth) AS serial, format('OP{:06d}', serial) AS number,
       customer, seller, opened, expected_close, CASE WHEN is_decided THEN decided END AS closed,
       CASE WHEN is_decided THEN CASE WHEN part(p, 0) < 0.45 THEN 'won' ELSE 'lost' END
            ELSE pick(['qualified', 'proposal', 'negotiation'], part(p, 0)) END AS stage,
       1 + floor(part(p, 1) * 8)::INTEGER AS nth_product,
       (100000 + floor(power(part(o, 3), 2) * 6000000))::BIGINT AS cents
FROM dated
"""

#: Half of those to whom somebody comes cost from one and a half to three times what a year's goods leave.
_JOBS = """
CREATE TABLE jobs AS
WITH left_over AS (
    SELECT lines.person, sum(price * quantity - discount - cost * quantity)::BIGINT AS cents
    FROM lines JOIN products ON products.number = product
    WHERE NOT anonymous AND time >= last_day() - 364 AND time < last_day() + 1
    GROUP BY ALL
), served AS (
    SELECT left_over.*, card, throw('job', left_over.person) AS j, part(j, 1) < 0.5 AS dear
    FROM left_over JOIN cards ON cards.person = left_over.person AND NOT cards.second
    WHERE left_over.cents > 5000 AND part(throw('job', left_over.person), 0) < 0.12
), costed AS (
    SELECT *, unnest(range(1 + floor(part(j, 2) * 3)::INTEGER)) AS nth,
           (cents * CASE WHEN dear THEN 1.5 + 1.5 * part(j, 3) ELSE 0.05 + 0.25 * part(j, 3) END
            / (1 + floor(part(j, 2) * 3)))::BIGINT AS cost
    FROM served
)
SELECT *, last_day() - 10 - floor(part(throw('visit', person || '.' || nth), 0) * 300)::INTEGER AS visited,
       row_number() OVER (ORDER BY visited, person, nth) AS serial, format('HS{:06d}', serial) AS number
FROM costed
"""

#: People, and what all who sell there sold, in the two years before the one that runs; and of all provinces.
_OUTSIDE = """
CREATE TABLE outside AS
WITH provinces AS (
    SELECT province.en AS province, count(*) AS customers FROM people WHERE customer GROUP BY ALL
), sold AS (
    SELECT province.en AS province, sum(price * quantity - discount)::BIGINT AS cents
    FROM lines JOIN people ON people.id = person GROUP BY ALL
), years AS (
    SELECT year(last_day()) - back::INTEGER AS year, throw('market', province || '.' || back) AS m, *
    FROM provinces JOIN sold USING (province), range(1, 3) AS years(back)
), told AS (
    SELECT province, make_date(year, 1, 1) AS period,
           unnest(['Population', 'Market size']) AS indicator,
           unnest([customers * 120 + floor(part(m, 0) * 1000)::BIGINT,
                   cents // 3 * (8 + floor(part(m, 1) * 20)::BIGINT)]) AS value,
           unnest(['people', 'CNY']) AS unit
    FROM years
)
SELECT province, period, indicator, sum(value)::BIGINT AS value, unit
FROM told GROUP BY GROUPING SETS ((province, period, indicator, unit), (period, indicator, unit))
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what the company begins by itself, and what it knows of the world outside."""
    db.execute(_APPROACHES)
    db.execute(_OPPORTUNITIES)
    db.execute(_JOBS)
    db.execute(_OUTSIDE)
