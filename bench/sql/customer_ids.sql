SELECT issued.customer_id AS issued_id, record, identities.customer_id, build
FROM landed_issued_ids AS issued LEFT JOIN identities USING (record)
UNION ALL
SELECT customer_id, record, customer_id, NULL
FROM identities
WHERE founding AND customer_id NOT IN (SELECT customer_id FROM landed_issued_ids)
