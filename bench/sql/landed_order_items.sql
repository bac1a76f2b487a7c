-- Of lines that were said more than once, each column's newest word; the others as they landed.
WITH known AS (
    SELECT * FROM said_order_items
    WHERE (collected_at IS NULL OR collected_at < getvariable('day_end'))
      AND (ordered_at IS NULL OR ordered_at < getvariable('day_end'))
), again AS (
    SELECT DISTINCT key FROM known WHERE revises
), merged AS (
    SELECT key, arg_max(COLUMNS(* EXCLUDE (key)), (coalesce(collected_at, received_at), batch_id, row))
    FROM known WHERE key IN (FROM again) GROUP BY key
)
SELECT * FROM (
    SELECT * FROM known WHERE key NOT IN (FROM again)
    UNION ALL BY NAME
    SELECT * FROM merged
)
WHERE withdrawn IS NOT TRUE
