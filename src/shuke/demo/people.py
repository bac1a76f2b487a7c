"""People: who are the customers of the demo company, in truth?

Tables made here: `people` (customers, and after them prospects who have never bought) and
`organisations`. What a source knows of them is the business of `records`.
"""

import duckdb

#: customers, and after them the prospects; a stored table, because the engine counts a range on one core only
_IDS = """
CREATE TABLE ids AS
FROM range(1, getvariable('customers') + greatest(10, getvariable('customers') // 500) + 1) AS ids(id)
"""

#: What the life of a customer looks like, in days since the first day of the records. `tempo` counts
#: days of a steady year; the calendar of `dealings` bends them towards the sales and away from holidays.
_PEOPLE = """
CREATE TABLE people AS
WITH thrown AS (
    SELECT id, id <= getvariable('customers') AS customer, throw('name', id) AS n, throw('body', id) AS b,
           throw('life', id) AS l, throw('habit', id) AS h, throw('ways', id) AS w,
           throw('twice', id) AS t, pick(getvariable('ways'), part(w, 0)) AS way,
           id % 2 = 0 AND part(throw('household', id), 0) < 2 * dirt().households AS lives_with_neighbour
    FROM ids
), housed AS (
    SELECT *, CASE WHEN lives_with_neighbour THEN id - 1 ELSE id END AS household,
           throw('home', household) AS o, throw('street', household) AS s, throw('move', household) AS m,
           pick(words().cities, part(o, 0)) AS place, part(b, 0) < 0.55 AS woman
    FROM thrown
), named AS (
    SELECT *, part(n, 3) < CASE place.country WHEN 'CN' THEN 0.05 ELSE 0.7 END AS english,
           pick(words().surnames, power(part(n, 0), 3)) AS surname,
           CASE WHEN woman THEN words().women ELSE words().men END AS characters,
           pick(characters, part(n, 1)) AS first, pick(characters, part(n, 2)) AS second,
           part(b, 1) < 0.25 AS short,
           pick(words().families, part(n, 0)) AS family,
           pick(CASE WHEN woman THEN words().english_women ELSE words().english_men END, part(n, 1)) AS given,
           pick(place.districts, part(o, 1)) AS district, pick(place.districts, part(m, 2)) AS old_district,
           pick(words().streets, part(s, 0)) AS street, pick(words().streets, part(m, 3)) AS old_street,
           CASE WHEN part(m, 0) < dirt().moved
                THEN first_day() + floor(part(m, 1) * history())::INTEGER END AS moved_on
    FROM housed
)
SELECT id, customer, household, english,
       CASE WHEN english THEN family ELSE surname.zh END AS family_name,
       CASE WHEN english THEN given WHEN short THEN first.zh ELSE first.zh || second.zh END AS given_name,
       CASE WHEN english THEN given || ' ' || family ELSE family_name || given_name END AS name,
       CASE WHEN english THEN name
            WHEN short THEN initcap(surname.en) || ' ' || initcap(first.en)
            ELSE initcap(surname.en) || ' ' || initcap(first.en || second.en) END AS pinyin,
       CASE WHEN woman THEN 'female' ELSE 'male' END AS gender,
       last_day() - (18 * 365 + floor((part(b, 2) + part(b, 3)) / 2 * 60 * 365)::INTEGER) AS birthday,
       telephone(place.country, household, part(o, 2)) AS phone,
       lower(regexp_replace(strip_accents(pinyin), '[^A-Za-z]', '', 'g')) || id || '@'
           || pick(words().domains, part(h, 3)) AS email,
       place.country AS country, place.province AS province, place.city AS city,
       district, address(district, street, part(s, 1), part(s, 2)) AS address,
       CASE WHEN moved_on IS NOT NULL
            THEN address(old_district, old_street, part(s, 2), part(s, 3)) END AS old_address,
       CASE WHEN moved_on IS NOT NULL THEN old_district ELSE district END AS old_district,
       moved_on,
       ['price', 'price', 'service', 'product', 'product'][1 + floor(part(h, 0) * 5)::INTEGER] AS motive,
       taste(place.province.en, part(h, 1), part(h, 2)) AS taste,
       CASE WHEN taste = 5
            THEN first_day() + floor((0.25 + part(throw('child', id), 0) / 2) * history())::INTEGER
            END AS grows_on,
       least(400, greatest(7, 95 * exp(1.3 * (part(l, 0) + part(l, 1) + part(w, 1) + part(w, 3) - 2)))) AS
           rhythm,
       CASE WHEN part(l, 2) < 0.3 THEN part(w, 2) * rhythm
            ELSE (part(l, 2) - 0.3) / 0.7 * (history() - 1) END AS began,
       began - 400 * ln(1 - part(l, 3)) AS ended,
       part(l, 2) < 0.3 AS of_old,
       CASE WHEN way.card THEN 1 + (part(t, 0) < dirt().duplicates)::INTEGER ELSE 0 END AS cards,
       CASE WHEN way.webshop > 0 THEN 1 + (part(t, 1) < dirt().duplicates)::INTEGER ELSE 0 END AS accounts,
       way.webshop AS webshop, way.taobao AS taobao
FROM named
"""

_MACROS = """
CREATE MACRO initcap(word) AS upper(word[1]) || word[2:];
-- a bijection of the key modulo a prime, so that no two households are given the same number by chance
CREATE MACRO telephone(country, key, u) AS CASE country
    WHEN 'HK' THEN '+852 9' || lpad((key * 7368787 % 9999991)::VARCHAR, 7, '0')
    WHEN 'SG' THEN '+65 8' || lpad((key * 7368787 % 9999991)::VARCHAR, 7, '0')
    WHEN 'GB' THEN '+44 7' || lpad((key * 736878737 % 999999937)::VARCHAR, 9, '0')
    ELSE pick(words().prefixes, u) || lpad((key * 73687873 % 99999989)::VARCHAR, 8, '0') END;
CREATE MACRO address(district, street, number, flat) AS {
    'zh': district.zh || street.zh || (1 + floor(number * 300)::INTEGER) || '号'
          || (1 + floor(flat * 30)::INTEGER) || '室',
    'en': 'Flat ' || (1 + floor(flat * 30)::INTEGER) || ', ' || (1 + floor(number * 300)::INTEGER) || ' '
          || street.en || ' Road, ' || district.en};
-- the shelf a region is fond of, or one of the person's own
CREATE MACRO taste(province, fond, own) AS CASE
    WHEN fond < 0.4 AND province IN ('Fujian', 'Zhejiang', 'Guangdong', 'Anhui') THEN 1
    WHEN fond < 0.4 AND province IN ('Sichuan', 'Chongqing', 'Hunan', 'Hubei') THEN 3
    WHEN fond < 0.4 AND province IN ('Heilongjiang', 'Liaoning', 'Beijing', 'Shaanxi') THEN 6
    WHEN fond < 0.4 AND province IN ('Shanghai', 'Singapore', 'England', 'Hong Kong') THEN 2
    ELSE 1 + floor(own * 12)::INTEGER END;
-- the child of those who buy for a baby grows up
CREATE MACRO fond_of(taste, grows_on, day) AS CASE WHEN day >= grows_on THEN 13 ELSE taste END;
"""

#: Through which doors people come, each as often as it stands here: the chance that an order is placed in
#: the web shop or on 淘宝 (else in a shop), and whether they carry the membership card
_WAYS = [
    *[{"card": True, "webshop": 0.0, "taobao": 0.0}] * 8,
    *[{"card": True, "webshop": 0.45, "taobao": 0.0}] * 3,
    *[{"card": True, "webshop": 0.0, "taobao": 0.45}] * 2,
    *[{"card": True, "webshop": 0.3, "taobao": 0.3}] * 2,
    *[{"card": False, "webshop": 0.92, "taobao": 0.0}] * 2,
    *[{"card": False, "webshop": 0.0, "taobao": 0.92}] * 3,
]

_ORGANISATIONS = """
CREATE TABLE organisations AS
WITH thrown AS (
    SELECT id, throw('firm', id) AS f, throw('credit', id) AS c,
           pick(words().firm_cores, part(f, 0)) AS core, pick(words().firm_trades, part(f, 1)) AS trade,
           pick(words().cities, part(f, 2)) AS seat
    FROM range(1, greatest(25, getvariable('customers') // 100) + 1) AS ids(id)
)
SELECT id, format('C{:06d}', id) AS number,
       rtrim(seat.city.zh, '市') || core.zh || nth(id) || trade.zh || '有限公司' AS name,
       core.en || nth(id) || ' ' || trade.en || ' (' || seat.city.en || ') Co., Ltd.' AS name_en,
       '91' || lpad((id * 73687873 % 99999989)::VARCHAR, 8, '0') || 'MA'
           || lpad((id * 48271 % 999983)::VARCHAR, 6, '0') AS tax_number,
       1 + id % getvariable('customers') AS contact,
       'buying' || id || '@' || lower(core.en) || id || '.example' AS email,
       '400-6' || lpad((id * 7368787 % 999983)::VARCHAR, 6, '0') AS phone, f, c
FROM thrown
"""


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Make `people` and `organisations`."""
    db.execute(_MACROS)
    db.execute("CREATE MACRO nth(id) AS CASE WHEN id > 60 THEN '-' || id ELSE '' END")
    db.execute("SET VARIABLE ways = $1", [_WAYS])
    db.execute(_IDS)
    db.execute(_PEOPLE)
    db.execute(_ORGANISATIONS)
