-- May this viewer see these shares? All of it is asked of the rows as they are at this moment: whether the circle
-- side is open, to whom, whether the viewer agreed, whether it was shown to them, and how the two stand.
WITH me AS MATERIALIZED (
    SELECT v.id, f.state = 'open' AS is_public,
        f.state = 'open' AND v.suspended_at IS NULL
        AND (SELECT c.given FROM people_consent c
             WHERE c.person_id = v.id AND c.purpose = 'sharing' ORDER BY c.at DESC, c.id DESC LIMIT 1)
        AND LET_IN(circles, v) AS is_open
    FROM rollout_feature f
    LEFT JOIN people_person v ON v.id = :viewer AND v.is_active
    WHERE f.name = 'circles' AND f.state <> 'closed'
)
SELECT s.id
FROM me CROSS JOIN sharing_share s
WHERE s.id IN (SELECT value FROM json_each(:shares)) AND (
    s.author_id = me.id
    OR (me.is_open AND EXISTS (
        SELECT 1 FROM sharing_delivery d
        JOIN ties_relationship r ON r.owner_id = d.viewer_id AND r.other_id = d.author_id
        WHERE d.viewer_id = me.id AND d.share_id = s.id
          AND d.visible_from <= :now AND d.visible_until > :now
          AND r.friend_at IS NOT NULL AND r.shows
          AND NOT (r.blocked OR r.blocked_by OR r.muted OR r.hidden_by)))
    OR (me.is_public AND s.to_everyone AND s.withdrawn_at IS NULL AND s.visible_from <= :now
        AND (SELECT a.shows FROM people_person a WHERE a.id = s.author_id)
        AND NOT EXISTS (
            SELECT 1 FROM ties_relationship r
            WHERE r.owner_id = me.id AND r.other_id = s.author_id AND (r.blocked OR r.blocked_by))))
