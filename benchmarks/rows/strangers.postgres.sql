-- The first twenty posts about a topic, the hottest first, with all that a card says: at most two of one author,
-- each fifth place for something new. Nothing by whom the viewer knows, under the whole rule as it is.
WITH me AS MATERIALIZED (
    SELECT v.id, q.topic, now() AS now,
        extract(year FROM now() AT TIME ZONE 'UTC') - 19 AS grown_up, f.for_all,
        f.is_on AND v.suspended_at IS NULL
        AND v.born <= extract(year FROM now() AT TIME ZONE 'UTC') - 19
        AND (SELECT c.given FROM people_consent c
             WHERE c.person_id = v.id AND c.purpose = 'strangers' ORDER BY c.at DESC, c.id DESC LIMIT 1)
        AND (f.for_all OR LET_IN(strangers, v)) AS is_open
    FROM bench.strangers_WHICH q
    JOIN people_person v ON v.id = q.viewer AND v.is_active
    CROSS JOIN (
        SELECT f.state = 'open' AS is_on, EXISTS (
            SELECT FROM rollout_batch b WHERE b.feature_id = f.name AND b.kind = 'everyone'
                AND b.paused_at IS NULL AND b.starts_at <= now()) AS for_all
        FROM rollout_feature f WHERE f.name = 'strangers' AND f.state <> 'closed') f
    WHERE q.number = :number
),
known AS MATERIALIZED (
    SELECT r.owner_id AS id FROM ties_relationship r WHERE r.other_id = (SELECT id FROM me)
    UNION
    SELECT theirs.person_id FROM ties_member mine JOIN ties_member theirs ON theirs.circle_id = mine.circle_id
    WHERE mine.person_id = (SELECT id FROM me)
),
hot AS MATERIALIZED (
    SELECT id, author_id, row_number() OVER (ORDER BY rank DESC, id DESC) AS place,
        row_number() OVER (PARTITION BY author_id ORDER BY rank DESC, id DESC) AS of_one
    FROM (
        SELECT p.id, p.author_id, p.rank FROM strangers_post p
        WHERE p.topic_id = (SELECT topic FROM me) AND p.withdrawn_at IS NULL AND p.hidden_at IS NULL AND SEEN(p.author_id)
          AND NOT EXISTS (
              SELECT FROM strangers_postfollow w WHERE w.person_id = (SELECT id FROM me) AND w.post_id = p.id AND w.away)
        ORDER BY p.rank DESC, p.id DESC LIMIT 80) found
),
first AS MATERIALIZED (SELECT * FROM hot WHERE of_one <= 2 ORDER BY place LIMIT 16),
fresh AS MATERIALIZED (
    SELECT id, author_id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS place FROM (
        SELECT found.*, row_number() OVER (PARTITION BY author_id ORDER BY created_at DESC, id DESC) AS of_one
        FROM (
            SELECT p.id, p.author_id, p.created_at FROM strangers_post p
            WHERE p.topic_id = (SELECT topic FROM me) AND p.created_at > now() - interval '48 hours'
              AND p.withdrawn_at IS NULL AND p.hidden_at IS NULL AND SEEN(p.author_id)
              AND NOT EXISTS (
                  SELECT FROM strangers_postfollow w WHERE w.person_id = (SELECT id FROM me) AND w.post_id = p.id AND w.away)
            ORDER BY p.created_at DESC, p.id DESC LIMIT 80) found
        WHERE id NOT IN (SELECT id FROM first)) found
    WHERE of_one + (SELECT count(*) FROM first WHERE first.author_id = found.author_id) <= 2
    ORDER BY created_at DESC, id DESC LIMIT 4
),
rest AS MATERIALIZED (
    SELECT id, author_id, place FROM (
        SELECT id, author_id, place, row_number() OVER (PARTITION BY author_id ORDER BY place) AS of_one FROM hot
        WHERE id NOT IN (SELECT id FROM first UNION ALL SELECT id FROM fresh)) left_over
    WHERE of_one + (SELECT count(*) FROM first WHERE first.author_id = left_over.author_id)
        + (SELECT count(*) FROM fresh WHERE fresh.author_id = left_over.author_id) <= 2
    ORDER BY place LIMIT 20 - (SELECT count(*) FROM first) - (SELECT count(*) FROM fresh)
),
page AS MATERIALIZED (
    SELECT id, author_id, false AS is_new, nth + least((nth - 1) / 4, (SELECT count(*) FROM fresh)) AS place
    FROM (
        SELECT id, author_id, row_number() OVER (ORDER BY place) AS nth
        FROM (SELECT id, author_id, place FROM first UNION ALL SELECT id, author_id, place FROM rest) others
    ) others
    UNION ALL
    SELECT id, author_id, true,
        least(5 * place, place + (SELECT count(*) FROM first) + (SELECT count(*) FROM rest))
    FROM fresh
),
mine AS MATERIALIZED (
    SELECT s.region, s.shows, s.closed_at,
        EXISTS (SELECT FROM strangers_topicfollow w WHERE w.person_id = me.id AND w.topic_id = me.topic) AS follows_topic,
        EXISTS (SELECT FROM strangers_post w
                WHERE w.author_id = me.id AND w.withdrawn_at IS NULL AND w.hidden_at IS NULL) AS has_posted
    FROM me JOIN strangers_persona s ON s.person_id = me.id
),
talk AS MATERIALIZED (
    SELECT x.post_id, count(*) FILTER (WHERE x.person_id <> x.post_author_id) AS people,
        count(x.liked_at) AS likes, sum(x.comments) AS comments,
        count(*) FILTER (WHERE x.person_id = me.id AND x.liked_at IS NOT NULL) AS liked
    FROM me CROSS JOIN page JOIN strangers_reaction x ON x.post_id = page.id
    WHERE SEEN(x.person_id) GROUP BY x.post_id
)
SELECT p.id, p.topic_id AS topic, p.region, p.province, p.text, p.created_at, p.who_comments, p.risk, page.is_new,
    s.id AS persona, s.name, s.avatar_id AS avatar, s.region AS persona_region, s.looks_for,
    CASE WHEN s.tells_age THEN a.born END AS born, p.author_id = me.id AS is_me,
    s.tells_years AND a.joined_at <= me.now - interval '1095 days' AS long_time,
    coalesce(talk.people, 0) AS people, coalesce(talk.likes, 0) AS likes,
    coalesce(talk.comments, 0) AS comments, coalesce(talk.liked, 0) > 0 AS liked,
    follow.post_id IS NOT NULL AS following, mine.follows_topic, mine.has_posted, mine.region AS my_region,
    me.is_open AND mine.shows AND mine.closed_at IS NULL AS speaks,
    (SELECT json_agg(json_build_array(o.id, o.width, o.height) ORDER BY x.position)
     FROM strangers_outsidephoto x JOIN media_photo o ON o.id = x.photo_id WHERE x.post_id = p.id) AS photos
FROM page CROSS JOIN me
JOIN strangers_post p ON p.id = page.id
JOIN strangers_persona s ON s.person_id = p.author_id AND s.name <> ''
JOIN people_person a ON a.id = p.author_id
LEFT JOIN mine ON true
LEFT JOIN strangers_postfollow follow ON follow.person_id = me.id AND follow.post_id = p.id
LEFT JOIN talk ON talk.post_id = p.id
ORDER BY page.place
