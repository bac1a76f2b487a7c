WITH plain AS (
    SELECT source || ':' || record_id AS record, kind, coalesce(scope, '') AS scope,
           lower(trim(translate(value, '０１２３４５６７８９＋－＠．（）＃＊', '0123456789+-@.()#*'))) AS text
    FROM landed_identifiers
), numbered AS (
    SELECT *, CASE WHEN kind IN ('phone', 'fax')
              THEN regexp_replace(regexp_replace(text, '(ext|x|转|#).*$', ''), '[^0-9+*]', '', 'g') END AS number
    FROM plain
), dialled AS (
    SELECT *, replace(number, '+', '') AS digits FROM numbered
), formed AS (
    SELECT record, kind, scope, CASE
        WHEN number IS NOT NULL THEN CASE
            WHEN contains(number, '*') THEN NULL
            WHEN length(digits) < 7 THEN NULL
            WHEN starts_with(number, '+') THEN digits
            WHEN starts_with(number, '00') THEN substr(digits, 3)
            WHEN starts_with(number, '86') AND length(digits) >= 13 THEN digits
            WHEN starts_with(number, '0') THEN '86' || substr(digits, 2)
            ELSE '86' || digits END
        WHEN kind = 'email' THEN CASE WHEN regexp_matches(text, '^[^@\s]+@[^@\s]+\.[^@\s]+$') THEN text END
        ELSE regexp_replace(text, '\s+', '', 'g') END AS value
    FROM dialled
), meant AS (
    SELECT DISTINCT record, kind, scope, value
    FROM formed
    WHERE length(value) >= 2 AND NOT regexp_matches(value, '\*|^[-_.0]*$|^x+$')
      AND value NOT IN (
          'null', 'none', 'nil', 'nan', 'na', 'n/a', 'undefined', 'anonymous', 'unknown', 'test', 'guest', 'customer',
          'noemail', 'none@none.com', 'test@test.com', 'no@email.com', '123456', '1234567', '12345678', '123456789',
          '1234567890', '13800138000', '13888888888', '13800000000', '-1', '无', '没有', '不详', '未知', '匿名', '散客')
)
SELECT *, records <= 10 AND kind IN (SELECT kind FROM strong_kinds) AS identifies
FROM (SELECT *, count(*) OVER (PARTITION BY kind, scope, value) AS records FROM meant)
