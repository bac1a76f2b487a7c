"""Truth: what is the case, whatever the files say?

Parquet tables, and one CSV, for tests and benchmarks, which alone may read them:

    people       true attributes of customers and prospects
    records      source, record -> person or organisation; the record is what the file knows them by
    identities   the same in the form of `shuke identity evaluate` (CSV): source, record_id, cluster; only
                 records that stand in a file, and none that goes by a telephone which two people share
    orders       source, order as written -> person, also where the file is silent
    churned      person, the last day on which they were a customer
    baskets      products that half of the buyers of `sku` take with it
    motives      why a person buys, and the category they favour
    regions      the category that 40 % of a region's people favour
    credit       what each organisation owes, its limit, and whether it is beyond
    near_limits  from when an organisation owed four fifths of its limit until it owed under three quarters
    plans        what each shop was to sell in a month and sold by the last day, and whether it is missed
    budgets      what each cost centre was to spend in a month, spent by the last day and will have spent by
                 its end, and whether that is an overrun
    climbs       cost centres that spend twice as much per item from `since` on
    totals       rows, lines, orders and money of each file; where `file` is null, of the source with
                 what two files hold counted once
    contracts    how long it runs, who may cancel, why (`complaint` unanswered, `usage` falling, `none`), and
                 when they did
    coupons      to whom it was given, why they buy, and on which order they used it
    families     people who buy for a baby, and for a child from `grows_on`
    launches     products sold from `launched` on only, and the stars that buyers mean to give
    losses       to whom craftsmen came, what a year's goods left, what they cost, whether that is more
    mailings     how much likelier a member buys because of its letter, and whom each was to reach
    contentment  who answered about the service, their mood from 0 to 1, and what of it they had lived through
    elasticities of quantity to the net price, by motive: quantity ~ price ** -elasticity
    prices       the list price of each product on each day on which it changed
    cells        cells of each file that are not as they should be; `unreadable` ones belong in quarantine
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from shuke.demo.files import SourceFile

_PEOPLE = """
SELECT id AS person, customer, household, name, family_name, given_name, pinyin, gender, birthday, phone,
       email, country,
       province, city, district, address, old_address, moved_on, rhythm, cards, accounts
FROM people ORDER BY id
"""

_RECORDS = """
SELECT 'members' AS source, card AS record, person, NULL::BIGINT AS organisation FROM cards
UNION ALL SELECT 'webshop', coalesce(email, phone), person, NULL FROM accounts
UNION ALL SELECT 'taobao', nick, person, NULL FROM buyers
UNION ALL SELECT 'call_centre', call, person, NULL FROM calls
UNION ALL SELECT 'survey', response, person, NULL FROM responses
UNION ALL SELECT 'exhibition', uid, person, NULL FROM visitors
UNION ALL SELECT 'partners', number::VARCHAR, person, organisation FROM partners
UNION ALL SELECT 'erp', number, NULL, id FROM organisations
UNION ALL SELECT 'erp', number, person, organisation FROM contracts
UNION ALL SELECT 'club', card, person, NULL FROM (
    SELECT card, person FROM coupons
    UNION SELECT card, person FROM jobs
    UNION SELECT card, person FROM letters JOIN cards USING (person) WHERE NOT second)
UNION ALL SELECT 'app', email, person, NULL FROM (SELECT DISTINCT email, person FROM events)
UNION ALL SELECT 'ratings', rating, person, NULL FROM ratings
UNION ALL SELECT 'care', reply, person, NULL FROM care
UNION ALL SELECT 'sales', number, person, NULL FROM approaches
ORDER BY source, record, person
"""

_IDENTITIES = """
WITH shared AS (
    SELECT phone FROM people GROUP BY phone HAVING count(*) > 1
), named AS (
    SELECT 'members' AS source, card AS record_id, 'P' || person AS cluster FROM cards
    UNION SELECT 'till', card_number(person, second), 'P' || person FROM lines
    WHERE channel = 'till' AND NOT anonymous
    UNION SELECT 'webshop', coalesce(email, phone), 'P' || person FROM accounts
    SEMI JOIN (FROM lines WHERE channel = 'webshop') AS placed USING (person, second)
    UNION SELECT 'taobao', nick, 'P' || person FROM buyers
    SEMI JOIN (FROM lines WHERE channel = 'taobao') AS placed USING (person)
    UNION SELECT 'call_centre', phone, 'P' || person FROM calls
    UNION SELECT 'survey', coalesce(email, phone), 'P' || person FROM responses WHERE NOT misdated
    UNION SELECT 'exhibition', uid, 'P' || person FROM visitors
    UNION SELECT 'partners', coalesce(email, phone), coalesce('P' || person, 'O' || organisation)
    FROM partners
    UNION SELECT 'erp', number, 'O' || id FROM organisations
    UNION SELECT 'erp', coalesce(email, phone), 'P' || person FROM contracts WHERE person IS NOT NULL
    UNION SELECT 'club', card, 'P' || person FROM coupons
    UNION SELECT 'club', card, 'P' || person FROM jobs
    UNION SELECT 'sales', phone, 'P' || person FROM approaches
    UNION SELECT 'club', card, 'P' || person FROM letters JOIN cards USING (person) WHERE NOT second
    UNION SELECT 'app', email, 'P' || person FROM events
    UNION SELECT 'ratings', email, 'P' || person FROM ratings
    UNION SELECT 'care', email, 'P' || person FROM care
)
SELECT source, record_id, min(cluster) AS cluster FROM named
WHERE record_id IS NOT NULL AND right(regexp_replace(record_id, '[^0-9]', '', 'g'), 8)
      NOT IN (SELECT right(regexp_replace(phone, '[^0-9]', '', 'g'), 8) FROM shared)
GROUP BY source, record_id HAVING count(DISTINCT cluster) = 1 ORDER BY ALL
"""

_ORDERS = """
SELECT channel AS source,
       CASE channel WHEN 'till' THEN code || '-' || lpad(orders.number::VARCHAR, 8, '0')
                    WHEN 'webshop' THEN '#' || 1000 + orders.number
                    ELSE (2839000000000000000 + orders.number * 10007)::VARCHAR END AS "order",
       person, time, anonymous, id < 0 AS returned
FROM orders JOIN stores ON stores.number = store
ORDER BY channel, orders.number
"""

_CHURNED = """
SELECT id AS person, day AS last_alive
FROM people JOIN ticks ON tick = floor(ended * 8)::INTEGER
WHERE customer AND ended < history() ORDER BY id
"""

_BASKETS = """
SELECT head.sku, companion.sku AS companion, 0.5::DOUBLE AS chance
FROM products AS head JOIN products AS companion ON companion.number = head.companion
ORDER BY ALL
"""

_MOTIVES = """
SELECT id AS person, motive, words().shelves[fond_of(taste, grows_on, last_day())].zh AS category_zh,
       words().shelves[fond_of(taste, grows_on, last_day())].en AS category
FROM people WHERE customer ORDER BY id
"""

_REGIONS = """
SELECT DISTINCT province.en AS province, words().shelves[fond].zh AS category_zh,
       words().shelves[fond].en AS category
FROM (SELECT province, taste(province.en, 0, NULL) AS fond FROM stores)
WHERE category IS NOT NULL ORDER BY ALL
"""

_CREDIT = """
SELECT id AS organisation, number AS customer, name, money(open_cents) AS open, money(cents) AS "limit",
       beyond
FROM credit_limits ORDER BY id
"""

_NEAR_LIMITS = """
WITH moves AS (
    SELECT organisation, issued AS day, cents FROM invoices
    UNION ALL SELECT organisation, paid, -cents FROM payments
), daily AS (
    SELECT organisation, day, sum(sum(cents)) OVER (PARTITION BY organisation ORDER BY day) AS open
    FROM moves GROUP BY organisation, day
), used AS (
    SELECT organisation, number AS customer, day,
           CASE WHEN open > 0 AND open * 100 >= cents * 80 THEN true
                WHEN open * 100 < cents * 75 THEN false END AS near
    FROM daily JOIN credit_limits ON credit_limits.id = organisation
), held AS (
    SELECT *, coalesce(last_value(near IGNORE NULLS) OVER of, false) AS is_near FROM used
    WINDOW of AS (PARTITION BY organisation ORDER BY day)
), turns AS (
    SELECT *, lag(is_near, 1, false) OVER of AS was_near FROM held
    WINDOW of AS (PARTITION BY organisation ORDER BY day)
), turned AS (
    SELECT *, lead(day) OVER (PARTITION BY organisation ORDER BY day) AS until
    FROM turns WHERE is_near <> was_near
)
SELECT customer, day AS since, until FROM turned WHERE is_near ORDER BY customer, since
"""

_PLANS = """
SELECT code AS store, month, money(cents) AS plan, money(sold) AS sold, missed
FROM plans ORDER BY month, code
"""

_BUDGETS = """
SELECT centre AS cost_centre, month, money(cents) AS budget, money(coalesce(spent, 0)) AS spent,
       money(whole) AS whole, overrun
FROM budgets ORDER BY month, centre
"""

_CLIMBS = """
SELECT centre AS cost_centre, min(spent_on) AS since FROM costs WHERE climbed GROUP BY centre ORDER BY centre
"""

_CONTRACTS = """
SELECT number AS contract, person, organisation, starts, ends, cause, cancelled FROM contracts ORDER BY serial
"""

_COUPONS = """
SELECT coupon, person, motive, "order" FROM coupons JOIN people ON people.id = person ORDER BY coupon
"""

_FAMILIES = """
SELECT id AS person, grows_on FROM people WHERE customer AND grows_on IS NOT NULL ORDER BY id
"""

_LAUNCHES = """
SELECT sku, name.en AS name, last_day() - launched::INTEGER AS launched, stars
FROM products WHERE launched IS NOT NULL ORDER BY launched
"""

_LOSSES = """
SELECT person, money(any_value(cents)) AS left_over, money(sum(cost)) AS cost, any_value(dear) AS at_loss
FROM jobs GROUP BY person ORDER BY person
"""

_MAILINGS = """
SELECT mailing, effect, sent_on, person, alone, is_answered FROM letters ORDER BY mailing, person
"""

_CONTENTMENT = """
SELECT person, rated_on, mood, unanswered, returned, well_served FROM care ORDER BY person
"""

_ELASTICITIES = """
SELECT motive, elasticity(motive) AS elasticity
FROM (SELECT unnest(['price', 'product', 'service']) AS motive) ORDER BY motive
"""

_PRICES = """
WITH asked AS (
    SELECT sku, day, money(cents * percent(number, last_day() - day) // 100) AS price,
           lag(price) OVER (PARTITION BY sku ORDER BY day) AS before
    FROM products, days WHERE launched IS NULL OR day >= last_day() - launched::INTEGER
)
SELECT sku, day, price FROM asked WHERE before IS DISTINCT FROM price ORDER BY sku, day
"""

_TOTALS = """
WITH sold AS (
    SELECT *, channel = 'till' AND time < overlap_ends() AS before,
           channel = 'till' AND time >= overlap_begins() AS after
    FROM lines
), held AS (
    SELECT channel AS source, NULL AS file, {sums} FROM sold GROUP BY channel
    UNION ALL SELECT 'till', 'till_1.csv', {sums} FROM sold WHERE before
    UNION ALL SELECT 'till', 'till_2.csv', {sums} FROM sold WHERE after
    UNION ALL SELECT channel, channel || '_orders.csv', {sums} FROM sold
    WHERE channel <> 'till' GROUP BY channel
), filed AS (
    SELECT 'products' AS source, 'products.csv' AS file, count(*) AS rows, NULL AS amount FROM products
    UNION ALL SELECT 'stores', 'stores.csv', count(*), NULL FROM stores
    UNION ALL SELECT 'members', getvariable('members_file'), count(*), NULL FROM cards
    UNION ALL SELECT 'call_centre', 'call_centre.jsonl', count(*), NULL FROM calls
    UNION ALL SELECT 'survey', 'survey.csv', count(*), NULL FROM responses
    UNION ALL SELECT 'exhibition', 'exhibition.vcf', count(*), NULL FROM visitors
    UNION ALL SELECT 'partners', 'partner_list.csv', count(*), NULL FROM partners
    UNION ALL SELECT 'erp', 'invoices.csv', count(*), money(sum(cents)) FROM invoices
    UNION ALL SELECT 'erp', 'payments.csv', count(*), money(sum(cents)) FROM payments
    UNION ALL SELECT 'erp', 'credit_limits.csv', count(*), money(sum(cents)) FROM credit_limits
    UNION ALL SELECT 'erp', 'contracts.csv', count(*), money(sum(cents)) FROM contracts
    UNION ALL SELECT 'erp', 'plans.csv', count(*), money(sum(cents)) FROM plans
    UNION ALL SELECT 'erp', 'budgets.csv', count(*), money(sum(cents)) FROM budgets
    UNION ALL SELECT 'erp', 'expenses.csv', count(*), money(sum(cents)) FROM costs
    WHERE spent_on <= last_day()
    UNION ALL SELECT 'club', 'coupons.csv', count(*), money(sum(cents)) FROM coupons
    UNION ALL SELECT 'club', 'mailings.csv', count(*), money(sum(cents)) FROM mailings
    UNION ALL SELECT 'club', 'letters.csv', count(*), NULL FROM letters
    UNION ALL SELECT 'app', 'app_events.jsonl', count(*), NULL FROM events
    UNION ALL SELECT 'ratings', 'ratings.csv', count(*), NULL FROM ratings
    UNION ALL SELECT 'care', 'service_survey.csv', 4 * count(*), NULL FROM care
    UNION ALL SELECT 'sales', 'sales_calls.csv', count(*), NULL FROM approaches
    UNION ALL SELECT 'erp', 'opportunities.csv', count(*), money(sum(cents)) FROM opportunities
    UNION ALL SELECT 'club', 'home_service.csv', count(*), money(sum(cost)) FROM jobs
    UNION ALL SELECT 'statistics', 'market.csv', count(*), NULL FROM outside
)
FROM held UNION ALL BY NAME FROM filed
ORDER BY source, file NULLS LAST
"""

_SUMS = """
count(*) AS rows, count(*) AS lines, count(*) FILTER (line = 1) AS orders,
money(sum(price * quantity)) AS gross,
money(sum(discount)) AS discount, money(sum(price * quantity - discount)) AS amount,
count(*) FILTER (quantity < 0) AS returned_lines, count(*) FILTER (anonymous) AS anonymous_lines
"""

_CELLS = """
FROM (
    SELECT getvariable('members_file') AS file, '出生日期' AS "column", 'impossible date' AS kind,
           true AS unreadable,
           count(*) FILTER (misdated LIKE '%-02-30') AS cells FROM cards
    UNION ALL SELECT getvariable('members_file'), '出生日期', 'placeholder date', false,
                     count(*) FILTER (misdated = '1900-01-01') FROM cards
    UNION ALL SELECT getvariable('members_file'), '手机号', 'switchboard', false,
                     count(*) FILTER (phone LIKE '400-%') FROM cards
    UNION ALL SELECT 'survey.csv', 'Submitted', 'impossible date', true, count(*) FILTER (misdated)
    FROM responses
    UNION ALL SELECT 'taobao_orders.csv', '联系手机', 'masked phone', false,
                     count(*) FILTER (masked) FROM lines JOIN buyers USING (person) WHERE channel = 'taobao'
    UNION ALL SELECT 'till_2.csv', 'Receipt No', 'line also in till_1.csv', false,
                     count(*) FILTER (time >= overlap_begins() AND time < overlap_ends())
    FROM lines WHERE channel = 'till'
)
WHERE cells > 0
"""

_TABLES = {
    "people": _PEOPLE,
    "records": _RECORDS,
    "orders": _ORDERS,
    "churned": _CHURNED,
    "baskets": _BASKETS,
    "motives": _MOTIVES,
    "regions": _REGIONS,
    "credit": _CREDIT,
    "near_limits": _NEAR_LIMITS,
    "contracts": _CONTRACTS,
    "plans": _PLANS,
    "budgets": _BUDGETS,
    "climbs": _CLIMBS,
    "coupons": _COUPONS,
    "families": _FAMILIES,
    "launches": _LAUNCHES,
    "losses": _LOSSES,
    "mailings": _MAILINGS,
    "contentment": _CONTENTMENT,
    "elasticities": _ELASTICITIES,
    "prices": _PRICES,
    "totals": _TOTALS.format(sums=_SUMS),
    "cells": _CELLS,
}


def write(db: duckdb.DuckDBPyConnection, folder: Path, *, files: Iterable[SourceFile]) -> None:
    """Write every table of the truth about `files` into `folder`."""
    (members,) = (file.path.name for file in files if file.source == "members")
    db.execute("SET VARIABLE members_file = $1", [members])
    folder.mkdir(parents=True, exist_ok=True)
    for name, query in _TABLES.items():
        db.sql(query).write_parquet(str(folder / f"{name}.parquet"))
    db.sql(_IDENTITIES).write_csv(str(folder / "identities.csv"))
