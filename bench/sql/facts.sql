WITH wide AS (
    SELECT source || ':' || record_id AS record, source, channel, collected_at, received_at, batch_id, row,
           * EXCLUDE (source, record_id, channel, collected_at, received_at, batch_id, row, key, said, revises,
                      withdrawn, further)
    FROM said_people WHERE withdrawn IS NOT TRUE
), stated AS (
    SELECT record, attribute, value, source, channel, collected_at, received_at, batch_id, row
    FROM (
        UNPIVOT (SELECT COLUMNS(* EXCLUDE (record, source, channel, collected_at, received_at, batch_id, row))::VARCHAR,
                        record, source, channel, collected_at, received_at, batch_id, row FROM wide)
        ON COLUMNS(* EXCLUDE (record, source, channel, collected_at, received_at, batch_id, row))
        INTO NAME attribute VALUE value
    )
    UNION ALL
    SELECT source || ':' || record_id, kind, value, source, NULL, collected_at, received_at, batch_id, row
    FROM said_identifiers WHERE withdrawn IS NOT TRUE AND kind IN ('email', 'phone')
), last_said AS (
    SELECT record, attribute, value, max(collected_at) AS collected_at, min(collected_at) AS first_at,
           arg_max({source: source, channel: channel, received_at: received_at, batch_id: batch_id, row: row},
                   (coalesce(collected_at, received_at), batch_id, row)) AS last
    FROM stated GROUP BY record, attribute, value
), aged AS (
    SELECT customer_id, last_said.* EXCLUDE (last), unnest(last),
           coalesce(collected_at, last.received_at)::DATE + lives.days AS believed_until,
           coalesce(believed_until >= getvariable('as_of'), true) AS believed
    FROM last_said JOIN identities USING (record) LEFT JOIN lives USING (attribute)
)
SELECT customer_id, record, attribute, value, source, channel, collected_at, first_at, received_at, believed_until,
       believed, believed AND row_number() OVER (
           PARTITION BY customer_id, attribute
           ORDER BY believed DESC, regexp_matches(value, '[*•●＊]{2,}|^[^*＊]{1,2}[*＊]$'),
                    CASE WHEN attribute = 'since' THEN value ELSE '' END,
                    coalesce(collected_at, received_at) DESC, received_at DESC, record, value
       ) = 1 AS wins, batch_id, row
FROM aged
