-- What somebody's circles know of a listing (or a merchant): who bought it, kept it, sent it back, how they rate
-- it, and their newest twenty reviews with all that a card says. A row a person. Under the whole rule as it is.
-- (By `+` the timeline is no way to find them: SQLite would look through all of it, and not through what is of this thing.)
WITH me AS MATERIALIZED (
    SELECT v.id
    FROM people_person v
    WHERE v.id = :viewer AND v.is_active AND v.suspended_at IS NULL
      AND (SELECT c.given FROM people_consent c
           WHERE c.person_id = v.id AND c.purpose = 'sharing' ORDER BY c.at DESC, c.id DESC LIMIT 1)
      AND EXISTS (SELECT 1 FROM rollout_feature f WHERE f.name = 'circles' AND f.state = 'open')
      AND LET_IN(circles, v)
),
known AS MATERIALIZED (
    SELECT d.share_id, d.author_id, d.kind = 'purchase' AS bought, d.rating, r.alias,
        CASE WHEN d.kind = 'purchase' AND h.state IS NOT NULL THEN 'removed' ELSE d.outcome END AS came_to,
        row_number() OVER (PARTITION BY d.kind ORDER BY d.visible_from DESC, d.share_id DESC) AS place
    FROM me
    CROSS JOIN sharing_delivery d ON d.viewer_id = me.id AND d.ABOUT_id = :what
    CROSS JOIN ties_relationship r ON r.owner_id = me.id AND r.other_id = d.author_id
    LEFT JOIN shop_listinghold h ON h.listing_id = d.listing_id AND h.state IN ('removed', 'recalled')
    WHERE d.kind IN ('purchase', 'review') AND +d.visible_from <= :now AND d.visible_until > :now
      AND r.friend_at IS NOT NULL AND r.shows
      AND NOT (r.blocked OR r.blocked_by OR r.muted OR r.hidden_by)
),
people AS MATERIALIZED (
    SELECT author_id, alias,
        count(*) FILTER (WHERE bought) AS purchases,
        count(*) FILTER (WHERE bought AND came_to = 'kept') AS kept,
        count(*) FILTER (WHERE bought AND came_to = 'returned') AS returned,
        count(*) FILTER (WHERE bought AND came_to = 'removed') AS removed,
        count(rating) FILTER (WHERE NOT bought) AS ratings,
        sum(rating) FILTER (WHERE NOT bought) AS stars,
        min(place) FILTER (WHERE NOT bought) AS newest
    FROM known GROUP BY author_id, alias
)
SELECT a.id, p.alias, a.display_name, a.handle, a.source, a.external_id, p.purchases, p.kept, p.returned,
    p.removed, p.ratings, p.stars,
    (SELECT k.rating FROM known k WHERE NOT k.bought AND k.place = p.newest) AS rating,
    (SELECT json_group_array(c.name)
     FROM ties_member m CROSS JOIN ties_circle c ON c.id = m.circle_id
     WHERE m.owner_id = me.id AND m.person_id = p.author_id) AS circles,
    CASE WHEN p.newest <= 20 THEN (
        SELECT json_group_array(json_object(
            'id', s.id, 'visible_from', s.visible_from, 'category', s.category_id, 'outcome', s.outcome,
            'rating', s.rating, 'text', s.text, 'everyone', s.to_everyone,
            'withdrawn', s.withdrawn_at IS NOT NULL, 'source', s.source, 'external_id', s.external_id,
            'listing', l.id, 'title', l.title, 'picture', l.picture, 'on_sale', l.on_sale,
            'listing_source', l.source, 'listing_external_id', l.external_id,
            'merchant', t.id, 'merchant_name', t.name, 'merchant_external_id', t.external_id,
            'closed', t.closed_at IS NOT NULL, 'state', h.state, 'since', h.since, 'rule', h.rule,
            'standard', h.standard, 'claimed', h.claimed, 'figure', h.figure, 'bound', h.bound,
            'words', h.words,
            'photos', (
                SELECT json_group_array(json_array(x.position, o.id, o.width, o.height))
                FROM sharing_sharephoto x JOIN media_photo o ON o.id = x.photo_id WHERE x.share_id = s.id),
            'comments', (
                SELECT count(*) FROM sharing_comment x
                WHERE x.share_id = s.id AND x.hidden_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM ties_relationship r
                    WHERE r.owner_id = me.id AND r.other_id = x.author_id AND (r.blocked OR r.blocked_by))),
            'likes', (
                SELECT json_array(count(*), coalesce(max(x.person_id = me.id), 0))
                FROM sharing_like x
                WHERE x.share_id = s.id AND NOT EXISTS (
                    SELECT 1 FROM ties_relationship r
                    WHERE r.owner_id = me.id AND r.other_id = x.person_id AND (r.blocked OR r.blocked_by)))))
        FROM known k
        CROSS JOIN sharing_share s ON s.id = k.share_id
        LEFT JOIN shop_listing l ON l.id = s.listing_id
        LEFT JOIN shop_merchant t ON t.id = l.merchant_id
        LEFT JOIN shop_listinghold h ON h.listing_id = l.id
        WHERE k.author_id = p.author_id AND NOT k.bought AND k.place <= 20) END AS reviews
FROM people p CROSS JOIN me CROSS JOIN people_person a ON a.id = p.author_id
