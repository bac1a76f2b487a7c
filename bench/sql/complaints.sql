WITH said AS (
    SELECT key, customer_id, ("at" + INTERVAL 8 HOUR)::DATE AS day, topic,
           lower(concat_ws(' | ', kind, topic, text)) AS spoken, lower(concat_ws(' | ', status, outcome)) AS told
    FROM landed_interactions JOIN identities USING (source, record_id)
)
SELECT key AS complaint_id, customer_id, day, topic,
       NOT (regexp_matches(told, getvariable('answered')) AND NOT regexp_matches(told, getvariable('waits'))) AS waiting
FROM said
WHERE day <= getvariable('as_of') AND regexp_matches(spoken, getvariable('complains'))
