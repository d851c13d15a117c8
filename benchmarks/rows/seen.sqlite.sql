-- Whether the viewer sees the persona of WHO: their own, or that of a stranger who is out there themselves.
-- A scalar, so that it is asked of one post after the other until there are enough.
(SELECT s.person_id = me.id
    OR (me.is_open AND s.shows AND a.is_active AND a.suspended_at IS NULL AND a.born <= me.grown_up
        AND s.person_id NOT IN (SELECT id FROM known) AND (me.for_all OR LET_IN(strangers, a)))
 FROM me CROSS JOIN strangers_persona s CROSS JOIN people_person a ON a.id = s.person_id WHERE s.person_id = WHO )
