-- May this viewer see this share? All of it is asked of the rows as they are at this moment: whether the circle
-- side is open, to whom, whether the viewer agreed, whether it was shown to them, and how the two stand.
SELECT s.id
FROM rollout_feature f
LEFT JOIN people_person v ON v.id = :viewer AND v.is_active
JOIN sharing_share s ON s.id = :share
WHERE f.name = 'circles' AND f.state <> 'closed' AND (
    s.author_id = v.id
    OR (f.state = 'open' AND v.suspended_at IS NULL
        AND EXISTS (
            SELECT 1 FROM sharing_delivery d
            JOIN ties_relationship r ON r.owner_id = d.viewer_id AND r.other_id = d.author_id
            WHERE d.viewer_id = v.id AND d.share_id = s.id
              AND d.visible_from <= :now AND d.visible_until > :now
              AND r.friend_at IS NOT NULL AND r.shows
              AND NOT (r.blocked OR r.blocked_by OR r.muted OR r.hidden_by))
        AND (SELECT c.given FROM people_consent c
             WHERE c.person_id = v.id AND c.purpose = 'sharing' ORDER BY c.at DESC, c.id DESC LIMIT 1)
        AND LET_IN(circles, v))
    OR (f.state = 'open' AND s.to_everyone AND s.withdrawn_at IS NULL AND s.visible_from <= :now
        AND (SELECT a.shows FROM people_person a WHERE a.id = s.author_id)
        AND NOT EXISTS (
            SELECT 1 FROM ties_relationship r
            WHERE r.owner_id = v.id AND r.other_id = s.author_id AND (r.blocked OR r.blocked_by))))
