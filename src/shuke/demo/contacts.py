"""Contacts: who called, who answered the survey, who came to the exhibition, whom do partners know?

Tables made here: `calls`, `responses`, `visitors` and `partners`. What people say betrays the motive
for which they buy, and low scores and bitter calls come from those about to leave.
"""

import duckdb

_MACROS = """
CREATE MACRO lived(began, ended, u) AS began + u * greatest(0, least(ended, history() - 1) - began);
CREATE MACRO leaving(ended, tempo) AS ended < history() AND ended - tempo < 90;
CREATE MACRO in_words(english, zh, en) AS CASE WHEN english THEN en ELSE zh END;
"""

_CALLS = """
CREATE TABLE calls AS
WITH dialled AS (
    SELECT people.*, throw('calls', id) AS often,
           unnest(range(CASE WHEN motive = 'service' THEN pick([0, 0, 1, 1, 2, 3], part(often, 0))
                             WHEN part(often, 0) < 0.2 THEN 1 ELSE 0 END)) AS nth
    FROM people
    WHERE customer
), thrown AS (
    SELECT *, throw('call', id || '.' || nth) AS a, throw('caller', id || '.' || nth) AS b,
           lived(began, ended, part(a, 0)) AS tempo,
           CASE WHEN leaving(ended, tempo) AND part(a, 1) < 0.4 THEN 'leaving'
                WHEN part(a, 1) < 0.75 THEN motive ELSE 'any' END AS theme
    FROM dialled
), dated AS (
    SELECT *, day + to_seconds((32400 + floor(part(a, 2) * 36000))::BIGINT) AS time,
           pick(list_filter(words().calls, lambda c: c.motive = theme), part(a, 3)) AS said
    FROM thrown JOIN ticks ON tick = floor(tempo * 8)::INTEGER
)
SELECT row_number() OVER (ORDER BY time, id, nth) AS number, format('CC{:08d}', number) AS call, id AS person,
       time, given(phone, part(b, 0)) AS phone, said.topic AS topic,
       CASE WHEN said.topic = 'complaint' AND part(b, 2) < 0.35 THEN 'closed' ELSE said.status END AS status,
       in_words(english, said.zh, said.en) AS text, 1 + floor(part(b, 1) * 12)::INTEGER AS agent
FROM dated
"""

_RESPONSES = """
CREATE TABLE responses AS
WITH asked AS (
    SELECT *, throw('survey', id) AS a, throw('answer', id) AS b, lived(began, ended, part(a, 1)) AS tempo
    FROM people
    WHERE customer AND part(throw('survey', id), 0) < 0.1
), scored AS (
    SELECT *,
           CASE WHEN leaving(ended, tempo) THEN 6 * part(b, 0) ELSE 6 + 5 * part(b, 0) END AS contentment,
           floor(contentment)::INTEGER AS score,
           CASE WHEN score < 7 THEN 0 ELSE 7 END AS since,
           list_filter(words().comments, lambda c: c.motive = motive AND c.since = since) AS comments,
           pick(comments, part(b, 1)) AS comment,
           pick(words().shelves, part(b, 2)) AS planned
    FROM asked JOIN ticks ON tick = floor(tempo * 8)::INTEGER
)
SELECT row_number() OVER (ORDER BY day, id) AS number, format('R{:07d}', number) AS response, id AS person,
       day,
       part(a, 2) < dirt().wrong_dates AS misdated,
       CASE WHEN part(a, 3) < 0.6 THEN email END AS email,
       CASE WHEN part(a, 3) >= 0.5 THEN phone END AS phone,
       score, given(comment.text, part(b, 3)) AS comment,
       CASE WHEN part(b, 1) < 0.3 THEN pick(words().competitors, part(b, 3)) END AS bought_elsewhere,
       CASE WHEN part(b, 2) < 0.4 THEN in_words(english, planned.zh, planned.en) END AS plans,
       CASE WHEN plans IS NOT NULL THEN 1 + floor(part(b, 3) * 6)::INTEGER END AS within_months
FROM scored
"""

#: two in three visitors are customers, the others have never bought
_VISITORS = """
CREATE TABLE visitors AS
WITH met AS (
    SELECT CASE WHEN nth % 3 < 2 THEN 1 + nth * 7919 % getvariable('customers')
                ELSE 1 + getvariable('customers') + nth // 3 END AS person
    FROM range(least(300, greatest(20, getvariable('customers') // 50))) AS badges(nth)
), thrown AS (
    SELECT people.*, throw('badge', id) AS a, throw('hall', id) AS b
    FROM people JOIN (SELECT DISTINCT person FROM met) ON person = id
)
SELECT 'expo-' || id AS uid, id AS person, english, family_name, given_name,
       written(name, pinyin, english, a) AS name,
       spaced(phone, part(b, 0)) AS phone, given(email, part(b, 1)) AS email,
       in_words(english, city.zh, city.en) AS city,
       last_day() - 60 AS met_on, in_words(english, shelf.zh, shelf.en) AS interest
FROM (SELECT *, pick(words().shelves, part(b, 2)) AS shelf FROM thrown)
"""

#: organisations under one of their names, and people
_PARTNERS = """
CREATE TABLE partners AS
WITH known AS (
    SELECT organisations.id AS organisation, NULL AS person,
           throw('partner', organisations.id) AS p,
           CASE WHEN part(p, 0) < 0.7 THEN organisations.name ELSE name_en END AS company,
           people.name AS contact, organisations.phone AS phone, organisations.email AS email,
           given(tax_number, part(p, 1)) AS tax_number
    FROM organisations JOIN people ON people.id = contact
    WHERE part(p, 2) < 0.6
    UNION ALL
    SELECT NULL, id, throw('partner', id) AS p, NULL, written(name, pinyin, english, throw('introduced', id)),
           spaced(phone, part(p, 3)), given(email, part(p, 1)), NULL
    FROM people
    WHERE part(throw('introduced by', id), 0) < 0.01
)
SELECT row_number() OVER (ORDER BY organisation, person) AS number, *
FROM known
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make what was said and asked, and who was met."""
    db.execute(_MACROS)
    db.execute(_CALLS)
    db.execute(_RESPONSES)
    db.execute(_VISITORS)
    db.execute(_PARTNERS)
