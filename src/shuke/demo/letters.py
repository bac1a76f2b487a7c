"""Letters: whom did the club write to, whom did it leave alone, and who bought because of it?

Tables made here: `mailings`, of which some work and some change nothing, `letters` (one for each member who
was chosen, held out or not) and `answers`, the orders that nobody would have placed without a letter.
"""

import duckdb

#: Of the chosen three in ten are held out; whom a mailing that works reaches, and who is still a customer,
#: answers with one order more in half of all cases. Those that work lie outside the months from which
#: shops plan their last one.
_LETTERS = """
CREATE TABLE mailings AS
SELECT nth, format('MAIL-{:02d}', nth) AS mailing,
       ['New assortment', 'Anniversary card', 'Recipes', 'News of the shops'][nth] AS name,
       last_day() - 120 * nth::INTEGER AS sent_on, 200000::BIGINT AS cents, 0.3::DOUBLE AS held_out,
       CASE WHEN nth IN (2, 3) THEN 0.5::DOUBLE ELSE 0.0::DOUBLE END AS effect
FROM range(1, 5) AS mailings(nth);
CREATE TABLE letters AS
WITH chosen AS (
    SELECT mailings.*, people.id AS person, throw('letter', id || '.' || nth) AS a,
           throw('answer to a letter', id || '.' || nth) AS b,
           gone.day AS last_alive, sent_on + 1 + floor(part(b, 1) * 20)::INTEGER AS answers_on
    FROM people
    JOIN ticks AS came ON came.tick = floor(began * 8)::INTEGER
    JOIN ticks AS gone ON gone.tick = floor(least(ended, history() - 0.125::DOUBLE) * 8)::INTEGER
    JOIN mailings ON came.day <= sent_on
    WHERE customer AND cards > 0 AND part(a, 0) < 0.6
)
SELECT * EXCLUDE (a, b), row_number() OVER (ORDER BY nth DESC, person) AS number,
       part(a, 1) < held_out AS alone, part(a, 2) < 0.97 AS arrives,
       NOT alone AND part(b, 0) < effect AND answers_on <= last_alive AS is_answered
FROM chosen;
CREATE TABLE answers AS
SELECT person, nth, answers_on FROM letters WHERE is_answered;
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make the mailings and who answers them."""
    db.execute(_LETTERS)
