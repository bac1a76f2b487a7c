WITH RECURSIVE records AS MATERIALIZED (
    SELECT DISTINCT source, record_id, source || ':' || record_id AS record FROM landed_people
), edges AS MATERIALIZED (
    SELECT record, first AS other FROM (
        SELECT record, min(record) OVER (PARTITION BY kind, scope, value) AS first FROM links
    ) WHERE record <> first
), both_ways AS MATERIALIZED (
    SELECT record, other FROM edges UNION SELECT other, record FROM edges
), joined(record, cluster) USING KEY (record) AS (
    SELECT record, least(record, min(other)) FROM both_ways GROUP BY record
    UNION
    SELECT near.record, min(far.cluster)
    FROM both_ways AS near
    JOIN joined AS far ON far.record = near.other
    JOIN recurring.joined AS own ON own.record = near.record
    WHERE far.cluster < own.cluster
    GROUP BY near.record
), clustered AS (
    SELECT records.*, coalesce(cluster, record) AS cluster FROM records LEFT JOIN joined USING (record)
), least_records AS (
    SELECT cluster, min(record) AS founder FROM clustered GROUP BY cluster
), kept AS (
    SELECT cluster, arg_min({id: customer_id, founder: record}, (build, customer_id)) AS oldest
    FROM landed_issued_ids JOIN clustered USING (record)
    GROUP BY cluster
), named AS (
    SELECT cluster, coalesce(oldest.id, 'C' || upper(left(md5(least_records.founder), 16))) AS customer_id,
           coalesce(oldest.founder, least_records.founder) AS founder
    FROM least_records LEFT JOIN kept USING (cluster)
)
SELECT record, source, record_id, customer_id, record = founder AS founding,
       count(*) OVER (PARTITION BY cluster) AS records
FROM clustered JOIN named USING (cluster)
