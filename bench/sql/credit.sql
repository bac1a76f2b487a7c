WITH owner AS (
    SELECT source, record_id, customer_id FROM identities
), billed AS (
    SELECT customer_id, coalesce(currency, '') AS currency, amount, issued, source, invoice_no,
           currency AS written
    FROM landed_invoices LEFT JOIN owner USING (source, record_id)
), moves AS (
    SELECT customer_id, currency, amount, issued FROM billed
    UNION ALL
    SELECT coalesce(billed.customer_id, owner.customer_id), coalesce(paid.currency, billed.written, ''), -paid.amount, NULL
    FROM landed_payments AS paid
    LEFT JOIN owner USING (source, record_id)
    LEFT JOIN billed ON billed.source = paid.source AND billed.invoice_no = paid.invoice_no
), owed AS (
    SELECT customer_id, currency, sum(amount) AS open, max(issued) AS newest
    FROM moves WHERE customer_id IS NOT NULL GROUP BY customer_id, currency
), newest AS (
    SELECT customer_id, coalesce(currency, '') AS currency, "limit"
    FROM landed_credit_limits LEFT JOIN owner USING (source, record_id)
    WHERE starts IS NULL OR starts <= getvariable('as_of')
    QUALIFY row_number() OVER (PARTITION BY source, record_id ORDER BY starts DESC, key) = 1
), allowed AS (
    SELECT customer_id, currency, sum("limit") AS "limit"
    FROM newest WHERE customer_id IS NOT NULL GROUP BY customer_id, currency
), beyond AS (
    SELECT *, coalesce((open / nullif("limit", 0))::DOUBLE, 'inf') AS over
    FROM owed JOIN allowed USING (customer_id, currency)
    WHERE open > "limit"
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY over DESC, currency) = 1
)
SELECT 'credit' AS rule, 'customer' AS subject_kind, customer_id AS subject, newest AS since,
       CASE WHEN over >= 1.1 THEN 'high' ELSE 'medium' END AS severity,
       format('{{"open": {}, "limit": {}, "currency": "{}"}}', open::VARCHAR, "limit"::VARCHAR, currency) AS evidence
FROM beyond
