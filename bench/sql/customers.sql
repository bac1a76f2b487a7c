WITH known AS (
    SELECT customer_id, count(*) AS records, count(DISTINCT source) AS sources FROM identities GROUP BY customer_id
), golden AS (
    SELECT customer_id,
           max(value) FILTER (attribute = 'kind') AS kind,
           max(value) FILTER (attribute = 'name') AS name,
           max(value) FILTER (attribute = 'given_name') AS given,
           max(value) FILTER (attribute = 'family_name') AS family,
           max(value) FILTER (attribute = 'organisation') AS organisation,
           max(value) FILTER (attribute = 'phone') AS phone,
           max(value) FILTER (attribute = 'email') AS email,
           max(value) FILTER (attribute = 'gender') AS gender,
           max(value) FILTER (attribute = 'birth_date') AS birth_date,
           max(value) FILTER (attribute = 'country') AS country,
           max(value) FILTER (attribute = 'region') AS region,
           max(value) FILTER (attribute = 'city') AS city,
           max(value) FILTER (attribute = 'district') AS district,
           max(value) FILTER (attribute = 'postcode') AS postcode,
           max(value) FILTER (attribute = 'address') AS address,
           max(value) FILTER (attribute = 'job') AS job,
           max(value) FILTER (attribute = 'language') AS language,
           max(value) FILTER (attribute = 'since') AS since
    FROM facts WHERE wins GROUP BY customer_id
), seen AS (
    SELECT customer_id, coalesce(min(first_at), min(received_at)) AS first_seen,
           coalesce(max(collected_at), max(received_at)) AS last_seen
    FROM facts GROUP BY customer_id
), named AS (
    SELECT * REPLACE (coalesce(
        name, CASE WHEN regexp_matches(family, '^[一-龥]+$') THEN family || given ELSE given || ' ' || family END,
        family, given) AS name)
    FROM known LEFT JOIN golden USING (customer_id) LEFT JOIN seen USING (customer_id)
)
SELECT customer_id,
       coalesce(kind, CASE WHEN organisation IS NOT NULL AND name IS NULL THEN 'organisation' ELSE 'person' END) AS kind,
       name, organisation, phone, email, gender, birth_date::DATE AS birth_date, country, region, city, district,
       postcode, address, job, language, since::DATE AS since, records, sources, first_seen, last_seen
FROM named
