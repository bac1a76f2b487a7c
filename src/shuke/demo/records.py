"""Records: what did each system write down about a person, slips of the finger included?

Tables made here: `cards` (membership cards), `accounts` (of the web shop) and `buyers` (of 淘宝). Each
knows its true `person`; `second` marks what somebody registered once more.
"""

import duckdb

_MACROS = """
CREATE MACRO card_number(person, second) AS
    '8' || lpad(((person * 2 + second::INTEGER) * 7368787 % 999999937)::VARCHAR, 9, '0');
CREATE MACRO lived_at(time, moved_on, old_address, address) AS
    CASE WHEN time < moved_on THEN old_address ELSE address END;
CREATE MACRO given(value, u) AS CASE WHEN u >= dirt().missing THEN value END;
CREATE MACRO slipped(name, english, slip, which) AS CASE
    WHEN slip >= dirt().typos THEN name
    WHEN english THEN name[1:2] || name[4:4] || name[3:3] || name[5:]
    ELSE left(name, length(name) - 1) || pick(words().women, which).zh END;
-- the name as a clerk writes it: bits 0 the script, 1 whether it slips, 2 to what
CREATE MACRO written(name, pinyin, english, bits) AS CASE
    WHEN english THEN slipped(name, true, part(bits, 1), part(bits, 2))
    WHEN part(bits, 0) < dirt().pinyin THEN slipped(pinyin, true, part(bits, 1), part(bits, 2))
    WHEN part(bits, 0) < dirt().pinyin + dirt().traditional
        THEN translate(slipped(name, false, part(bits, 1), part(bits, 2)),
                       words().simplified, words().traditional)
    ELSE slipped(name, false, part(bits, 1), part(bits, 2)) END;
CREATE MACRO dialled(phone, slip) AS CASE WHEN slip >= dirt().typos THEN phone
    ELSE left(phone, length(phone) - 1) || (right(phone, 1)::INTEGER + 1) % 10 END;
CREATE MACRO spaced(phone, u) AS CASE
    WHEN phone[1] = '+' OR u < 0.7 THEN phone
    WHEN u < 0.8 THEN phone[1:3] || '-' || phone[4:7] || '-' || phone[8:]
    WHEN u < 0.9 THEN phone[1:3] || ' ' || phone[4:7] || ' ' || phone[8:]
    ELSE '+86 ' || phone END;
CREATE MACRO mailed(email, slip) AS CASE
    WHEN slip >= dirt().typos THEN email ELSE email[1:2] || email[4:] END;
-- a date that does not exist, or the one that stands for none
CREATE MACRO misdated(day, slip) AS CASE
    WHEN slip >= dirt().wrong_dates THEN NULL
    WHEN slip < dirt().wrong_dates / 2 THEN '1900-01-01' ELSE strftime(day, '%Y') || '-02-30' END;
CREATE MACRO in_a_style(day, u) AS CASE
    WHEN u < 0.4 THEN strftime(day, '%Y-%m-%d')
    WHEN u < 0.7 THEN strftime(day, '%Y年%-m月%-d日')
    WHEN u < 0.9 THEN strftime(day, '%Y/%-m/%-d')
    ELSE strftime(day, '%Y.%m.%d') END;
"""

_CARDS = """
CREATE TABLE cards AS
WITH issued AS (
    SELECT people.*, ticks.day AS first_day, unnest(range(cards)) = 1 AS second
    FROM people JOIN ticks ON tick = floor(began * 8)::INTEGER
    WHERE customer
), thrown AS (
    SELECT *, throw('card', id || '.' || second) AS a, throw('clerk', id || '.' || second) AS b,
           throw('card cells', id || '.' || second) AS c, throw('card mail', id || '.' || second) AS d
    FROM issued
)
SELECT id AS person, second, card_number(id, second) AS card, written(name, pinyin, english, a) AS name,
       CASE gender WHEN 'female' THEN '女' ELSE '男' END AS gender,
       CASE WHEN part(a, 3) < dirt().switchboards THEN stores.phone
            ELSE spaced(dialled(thrown.phone, part(b, 0)), part(b, 1)) END AS phone,
       given(mailed(thrown.email, part(d, 0)), part(d, 1)) AS email,
       misdated(birthday, part(b, 2)) AS misdated,
       coalesce(misdated, given(in_a_style(birthday, part(b, 3)), part(c, 1))) AS birthday,
       thrown.city.zh AS city, given(coalesce(old_address, address).zh, part(c, 2)) AS address,
       CASE WHEN of_old AND NOT second THEN first_day - floor(part(c, 3) * 1400)::INTEGER
            WHEN second THEN least(first_day + 200, last_day()) ELSE first_day END AS joined,
       floor(part(c, 3) * 5000)::INTEGER AS points
FROM thrown JOIN stores ON stores.city.en = thrown.city.en
"""

_ACCOUNTS = """
CREATE TABLE accounts AS
WITH opened AS (
    SELECT *, unnest(range(accounts)) = 1 AS second
    FROM people
    WHERE customer
), thrown AS (
    SELECT *, throw('account', id || '.' || second) AS a, throw('typed', id || '.' || second) AS b
    FROM opened
)
SELECT id AS person, second, english OR part(a, 3) < 0.5 AS in_english,
       written(name, pinyin, english, a) AS name,
       given(mailed(CASE WHEN second THEN 'shop.' || email ELSE email END, part(b, 0)), part(b, 1)) AS email,
       CASE WHEN part(b, 1) < dirt().missing OR part(b, 2) >= dirt().missing
            THEN spaced(dialled(phone, part(b, 3)), part(b, 2)) END AS phone
FROM thrown
"""

_BUYERS = """
CREATE TABLE buyers AS
WITH thrown AS (
    SELECT *, throw('buyer', id) AS a, throw('parcel', id) AS b
    FROM (SELECT *, count(*) OVER (PARTITION BY phone) AS share_it FROM people)
    WHERE customer AND taobao > 0
)
SELECT id AS person, 'tb' || lpad((id * 7368787 % 999999937)::VARCHAR, 9, '0') AS nick,
       written(name, pinyin, english, a) AS name, part(b, 0) < dirt().masked AS masked,
       CASE WHEN masked THEN left(phone, 3) || '****' || right(phone, 4)
            ELSE dialled(phone, part(b, 1)) END AS phone,
       CASE WHEN english OR share_it > 1 OR part(b, 2) < 0.5 THEN mailed(email, part(b, 3))
            ELSE phone END AS account
FROM thrown
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make `cards`, `accounts` and `buyers` from the people and their dealings."""
    db.execute(_MACROS)
    db.execute(_CARDS)
    db.execute(_ACCOUNTS)
    db.execute(_BUYERS)
