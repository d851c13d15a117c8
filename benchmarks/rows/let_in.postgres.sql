-- Whether a batch of FEATURE lets SOMEBODY in. FACTOR and OFFSET draw their place among the ten thousand.
EXISTS (
    SELECT FROM rollout_batch b
    WHERE b.feature_id = 'FEATURE' AND b.paused_at IS NULL AND b.starts_at <= now()
      AND CASE b.kind
          WHEN 'everyone' THEN true
          WHEN 'share' THEN (SOMEBODY.id % 2147483647 * FACTOR + OFFSET) % 2147483647 % 10000
              < b.per_ten_thousand
          WHEN 'people' THEN EXISTS (
              SELECT FROM rollout_listed l WHERE l.batch_id = b.id AND l.person_id = SOMEBODY.id)
          WHEN 'region' THEN SOMEBODY.region = b.region
              OR (b.region LIKE '__0000' AND left(SOMEBODY.region, 2) = left(b.region, 2))
          WHEN 'age' THEN extract(year FROM now() AT TIME ZONE 'UTC') - SOMEBODY.born
              BETWEEN coalesce(b.age_from, 0) AND coalesce(b.age_to, 999)
          WHEN 'joined' THEN SOMEBODY.joined_at < b.joined_before END)
