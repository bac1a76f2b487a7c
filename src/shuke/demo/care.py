"""Care: how content are customers with how they are treated, and what makes them so?

The table made here is `care`, one row per customer who answered the survey about service. Its scores betray
what had happened in the half year before: an unanswered complaint, goods returned, and where they live.
"""

import duckdb

#: Who called lately is asked after it, the others some day. `mood` is what they think, from 0 to 1.
_CARE = """
CREATE TABLE care AS
WITH asked AS (
    SELECT people.*, throw('care', id) AS a, throw('mood', id) AS b, throw('reply', id) AS c,
           max(calls.time)::DATE AS called_on
    FROM people LEFT JOIN calls ON calls.person = id
    WHERE customer GROUP BY ALL
), invited AS (
    SELECT asked.*, coalesce(called_on + 1 + floor(part(a, 1) * 40)::INTEGER, day) AS rated_on
    FROM asked JOIN ticks ON tick = floor(lived(began, ended, part(a, 2)) * 8)::INTEGER
    WHERE part(a, 0) < CASE WHEN called_on IS NULL THEN 0.12 ELSE 0.35 END
), lived_through AS (
    SELECT invited.*,
           EXISTS (FROM calls WHERE calls.person = invited.id AND calls.topic = 'complaint'
                   AND calls.status = 'open' AND rated_on - calls.time::DATE BETWEEN 1 AND 180) AS unanswered,
           EXISTS (FROM orders WHERE orders.person = invited.id AND sign < 0 AND NOT anonymous
                   AND rated_on - orders.time::DATE BETWEEN 1 AND 180) AS returned,
           province.en = 'Guangdong' AS well_served
    FROM invited WHERE rated_on <= last_day()
), felt AS (
    SELECT *, least(0.999, greatest(0, 0.35 + 0.45 * (part(b, 0) + part(b, 1)) - 0.35 * unanswered::INTEGER
                                       - 0.25 * returned::INTEGER + 0.2 * well_served::INTEGER)) AS mood
    FROM lived_through
)
SELECT row_number() OVER (ORDER BY rated_on, id) AS serial, format('CS{:07d}', serial) AS reply, id AS person,
       rated_on, email, unanswered, returned, well_served, mood,
       [1 + floor(near(mood, part(b, 2)) * 5), 1 + floor(near(mood, part(b, 3)) * 7),
        1 + floor(near(mood, part(c, 0)) * 5), floor(near(mood, part(c, 1)) * 11)]::INTEGER[] AS scores
FROM felt
"""

#: What is asked: satisfaction with the service, effort, trust, and whether they will buy again.
QUESTIONS = [
    "How satisfied are you with our service? 您对我们的服务满意吗？",
    "How easy was it to get what you needed? 办事方便吗？",
    "How much do you trust us? 您信任我们吗？",
    "How likely are you to buy from us again? 您有多大可能再次购买？",
]

_MACROS = "CREATE MACRO near(mood, u) AS least(0.999, greatest(0, mood + (u - 0.5) * 0.3))"


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what customers say of how they are treated."""
    db.execute(_MACROS)
    db.execute("SET VARIABLE care_questions = $1", [QUESTIONS])
    db.execute(_CARE)
