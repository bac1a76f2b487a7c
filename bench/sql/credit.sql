WITH owner AS (
    SELECT source, record_id, customer_id FROM identities
), billed AS (
    SELECT customer_id, currency, amount, issued AS day, source, invoice_no
    FROM landed_invoices LEFT JOIN owner USING (source, record_id)
), moves AS (
    SELECT customer_id, currency, amount, day FROM billed
    UNION ALL
    SELECT coalesce(billed.customer_id, owner.customer_id), coalesce(paid.currency, billed.currency), -paid.amount,
           (paid_at + INTERVAL 8 HOUR)::DATE
    FROM landed_payments AS paid
    LEFT JOIN owner USING (source, record_id)
    LEFT JOIN billed ON billed.source = paid.source AND billed.invoice_no = paid.invoice_no
), daily AS (
    SELECT customer_id, coalesce(currency, 'CNY') AS currency, coalesce(day, DATE '1900-01-01') AS day,
           sum(amount) AS amount
    FROM moves WHERE customer_id IS NOT NULL GROUP BY ALL
), newest AS (
    SELECT customer_id, coalesce(currency, 'CNY') AS currency, "limit", starts
    FROM landed_credit_limits LEFT JOIN owner USING (source, record_id)
    WHERE starts IS NULL OR starts <= getvariable('as_of')
    QUALIFY row_number() OVER (
        PARTITION BY source, record_id, coalesce(currency, 'CNY') ORDER BY starts DESC NULLS LAST, key
    ) = 1
), allowed AS (
    SELECT customer_id, currency, sum("limit") AS "limit", max(starts) AS starts
    FROM newest WHERE customer_id IS NOT NULL GROUP BY customer_id, currency
), running AS (
    SELECT *, sum(amount) OVER (PARTITION BY customer_id, currency ORDER BY day) AS balance
    FROM daily JOIN allowed USING (customer_id, currency)
), kept AS (
    SELECT *, max(day) FILTER (balance <= "limit") OVER (PARTITION BY customer_id, currency) AS last_kept FROM running
), beyond AS (
    SELECT customer_id, currency, "limit", starts, sum(amount) AS open,
           min(day) FILTER (last_kept IS NULL OR day > last_kept) AS rose
    FROM kept GROUP BY customer_id, currency, "limit", starts HAVING sum(amount) > "limit"
    QUALIFY row_number() OVER (
        PARTITION BY customer_id ORDER BY coalesce(open::DOUBLE / nullif("limit", 0)::DOUBLE, 'inf') DESC, currency
    ) = 1
)
SELECT 'credit' AS rule, 'customer' AS subject_kind, customer_id AS subject, greatest(rose, starts) AS since,
       CASE WHEN open * 10 >= "limit" * 11 THEN 'high' ELSE 'medium' END AS severity,
       format('{{"open": {}, "limit": {}, "currency": "{}"}}', open::DECIMAL(18, 4)::VARCHAR,
              "limit"::DECIMAL(18, 4)::VARCHAR, currency) AS evidence
FROM beyond
