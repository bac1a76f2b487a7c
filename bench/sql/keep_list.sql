WITH kept AS (
    SELECT customer_id, row_number() OVER (ORDER BY value_at_risk DESC, customer_id) AS rank, value_at_risk, gone,
           value_12m, reason, reason_zh
    FROM churn LEFT JOIN lifetime_value USING (customer_id)
    WHERE value_at_risk > 0 AND gone <= 0.9
    QUALIFY rank <= 200
), done AS (
    SELECT source, record_id, ("at" + INTERVAL 8 HOUR)::DATE AS day, 'contacts' AS what FROM landed_interactions
    UNION ALL
    SELECT source, record_id, ("at" + INTERVAL 8 HOUR)::DATE, 'touches' FROM landed_touches
    WHERE coalesce(lower("group"), '') <> 'control'
    UNION ALL
    SELECT source, record_id, (redeemed_at + INTERVAL 8 HOUR)::DATE, 'redeemed' FROM landed_coupons
    UNION ALL
    SELECT source, record_id, issued, 'coupons' FROM landed_coupons
), cared AS (
    SELECT customer_id, count_if(what = 'contacts') AS contacts, count_if(what = 'coupons') AS coupons,
           count_if(what = 'redeemed') AS redeemed, count_if(what = 'touches') AS touches,
           max(day) FILTER (what = 'contacts') AS last_contact,
           max(day) FILTER (what IN ('coupons', 'touches')) AS last_offer
    FROM done JOIN identities USING (source, record_id)
    WHERE day > getvariable('as_of') - 180 AND day <= getvariable('as_of')
    GROUP BY customer_id
), complained AS (
    SELECT customer_id, count_if(day > getvariable('as_of') - 180) AS complaints, count_if(waiting) AS waiting
    FROM complaints GROUP BY customer_id
)
SELECT customer_id, rank, value_at_risk, gone, value_12m, reason, reason_zh, coalesce(contacts, 0) AS contacts,
       coalesce(complaints, 0) AS complaints, coalesce(waiting, 0) AS waiting, last_contact,
       coalesce(coupons, 0) AS coupons, coalesce(redeemed, 0) AS redeemed, coalesce(touches, 0) AS touches, last_offer,
       CASE WHEN contacts > 0 AND coupons + touches > 0 THEN 'both' WHEN contacts > 0 THEN 'served'
            WHEN coupons + touches > 0 THEN 'offered' ELSE 'neither' END AS care
FROM kept LEFT JOIN complained USING (customer_id) LEFT JOIN cared USING (customer_id)
