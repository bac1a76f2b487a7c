SELECT coalesce(before.tier, 'newcomer') AS was, now.tier AS becomes, count(*) AS customers,
       coalesce(sum(now.monetary), 0) AS amount
FROM rfm AS now LEFT JOIN earlier_rfm AS before USING (customer_id)
GROUP BY ALL
