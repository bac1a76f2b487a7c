"""Contracts: who has things delivered month by month, and who ends it?

The table made here is `contracts`. Whoever complains and is not answered, or buys less and less, cancels
far more often than the others.
"""

import duckdb

_HOLDERS = """
CREATE TABLE holders AS
WITH complaints AS (
    SELECT person, max(time)::DATE AS complained_on
    FROM calls WHERE topic = 'complaint' AND status = 'open' GROUP BY person
)
SELECT people.*, complained_on, throw('contract', id) AS c, throw('signature', id) AS s
FROM people LEFT JOIN complaints ON person = id
WHERE customer AND part(throw('holder', id), 0) < CASE WHEN complained_on IS NULL THEN 0.05 ELSE 0.25 END
"""

_CONTRACTS = """
CREATE TABLE contracts AS
WITH offered AS (
    SELECT list({'product': number, 'cents': cents} ORDER BY number) AS offers
    FROM products
    WHERE name.en IN ('Longjing green tea, standard', 'Espresso beans, standard', 'Cat food, family size',
                      'Dog food, family size', 'Infant formula, standard')
), held AS (
    SELECT id AS person, NULL::BIGINT AS organisation, NULL::VARCHAR AS customer,
           written(name, pinyin, english, s) AS name, spaced(phone, part(c, 0)) AS phone,
           given(email, part(c, 1)) AS email, c, first.day AS starts, left_on.day AS left_on, complained_on
    FROM holders JOIN ticks AS first ON first.tick = floor(lived(began, ended, part(c, 2) / 2) * 8)::INTEGER
    LEFT JOIN ticks AS left_on ON left_on.tick = floor(ended * 8)::INTEGER
    UNION ALL
    SELECT NULL, id, number, name, phone, email, throw('supply', id) AS c,
           first_day() + floor(part(c, 2) * 900)::INTEGER, NULL, NULL
    FROM organisations WHERE part(throw('supplied', id), 0) < 0.4
), fated AS (
    SELECT *, CASE WHEN complained_on > starts THEN 'complaint' WHEN left_on IS NOT NULL THEN 'usage'
                   ELSE 'none' END AS cause,
           part(c, 3) < CASE cause WHEN 'complaint' THEN 0.75 WHEN 'usage' THEN 0.65 ELSE 0.12 END
               AS gives_up,
           CASE cause WHEN 'complaint' THEN complained_on + 7 + floor(fine(c, 1) * 50)::INTEGER
                      WHEN 'usage' THEN greatest(left_on, starts) + 14 + floor(fine(c, 1) * 60)::INTEGER
                      ELSE starts + 60 + floor(fine(c, 1) * 700)::INTEGER END AS last_straw
    FROM held
), ended AS (
    SELECT * EXCLUDE (last_straw),
           CASE WHEN gives_up AND last_straw <= last_day() THEN last_straw END AS cancelled,
           (1 + (coalesce(cancelled, last_day()) - starts) // 365)::INTEGER AS terms,
           pick(offers, fine(c, 0)) AS offer
    FROM fated, offered
)
SELECT row_number() OVER (ORDER BY starts, organisation, person) AS serial,
       format('HT{:07d}', serial) AS number, person, organisation, customer, name, phone, email,
       offer.product AS product, starts,
       starts + 365 * terms AS ends, CASE WHEN terms > 1 THEN starts + 365 * (terms - 1) END AS renewed,
       cancelled, offer.cents * CASE WHEN person IS NULL THEN 12 ELSE 1 END AS cents, cause
FROM ended
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what customers have bound themselves to."""
    db.execute(_HOLDERS)
    db.execute(_CONTRACTS)
