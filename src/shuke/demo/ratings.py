"""Ratings: how many stars do buyers give to what they bought?

The table made here is `ratings`: one in three buyers of a new product says something, of others few.
"""

import duckdb

_RATINGS = """
CREATE TABLE ratings AS
WITH asked AS (
    SELECT lines.*, throw('rating', id || '.' || line) AS r, stars, launched
    FROM lines JOIN products ON products.number = product
    WHERE quantity > 0 AND NOT anonymous AND channel <> 'taobao'
), given_back AS (
    SELECT asked.*, people.email, people.english,
           least(5, greatest(1, round(stars + (part(r, 1) + part(r, 2) - 1) * 2)))::INTEGER AS score,
           time + to_hours(24 * (3 + floor(part(r, 3) * 20)::INTEGER)) + to_minutes(line) AS rated
    FROM asked JOIN people ON people.id = person
    WHERE part(r, 0) < CASE WHEN launched IS NULL THEN 0.02 ELSE 0.35 END
)
SELECT row_number() OVER (ORDER BY rated, id, line) AS serial, format('RT{:08d}', serial) AS rating, person,
       rated, email, product, score,
       CASE WHEN fine(r, 3) < 0.7 THEN CASE
            WHEN score >= 4 THEN said(english, words().reviews.good, part(r, 2), fine(r, 1))
            WHEN score = 3 THEN in_words(english, '一般', 'Nothing special')
            ELSE said(english, words().reviews.bad, part(r, 2), fine(r, 1))
            END END AS comment
FROM given_back WHERE rated < last_day() + 1
"""


_MACROS = """
CREATE MACRO said(english, parts, u, v) AS CASE
    WHEN english THEN pick(parts.en, u) || pick(parts.en_more, v) ELSE pick(parts.zh, u) ||
    pick(parts.zh_more, v) END
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what buyers say of products."""
    db.execute(_MACROS)
    db.execute(_RATINGS)
