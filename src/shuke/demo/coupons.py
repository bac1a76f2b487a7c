"""Coupons: which members were given one, and on which order did they use it?

The table made here is `coupons`: in each quarter the club gives some members one that is good for sixty
days. It is taken at the till as a means of payment and changes the price of nothing.
"""

import duckdb

_COUPONS = """
CREATE TABLE coupons AS
WITH given_out AS (
    SELECT person, card, motive, nth, last_day() - 1080 + 90 * nth::INTEGER AS issued, issued + 60 AS expires,
           throw('coupon', person || '.' || nth) AS c
    FROM cards JOIN people ON people.id = person, range(12) AS campaigns(nth)
    WHERE NOT second AND joined <= last_day() - 1080 + 90 * nth::INTEGER
      AND part(throw('coupon', person || '.' || nth), 0) < 0.15
), chances AS (
    SELECT coupons.*,
           part(c, 1) < CASE motive WHEN 'price' THEN 0.7 WHEN 'product' THEN 0.15 ELSE 0.1 END AS remembers
    FROM given_out AS coupons
), used AS (
    SELECT person, nth, min({'time': time, 'id': orders.id, 'number': number, 'store': store,
                             'channel': channel}) AS visit
    FROM chances JOIN orders USING (person)
    WHERE remembers AND sign > 0 AND NOT anonymous AND channel <> 'taobao'
      AND time::DATE BETWEEN issued AND expires
    GROUP BY person, nth
)
SELECT format('CP{:02d}{:09d}', nth, person * 7368787 % 999999937) AS coupon, person, card, issued, expires,
       format('CLUB-{:02d}', nth) AS campaign, pick([1000, 2000, 3000, 5000], part(c, 2)) AS cents,
       visit.time AS redeemed,
       CASE visit.channel WHEN 'till' THEN stores.code || '-' || lpad(visit.number::VARCHAR, 8, '0')
                          WHEN 'webshop' THEN '#' || 1000 + visit.number END AS "order"
FROM chances LEFT JOIN used USING (person, nth) LEFT JOIN stores ON stores.number = visit.store
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make the coupons of the club."""
    db.execute(_COUPONS)
