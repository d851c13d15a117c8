-- Somebody says something to one of their circles: the share, its audience, and a delivery for each member.
INSERT INTO sharing_share (id, author_id, kind, outcome, text, to_everyone, by_itself, created_at, visible_from,
                           withdrawn_by_staff)
VALUES (:share, :author, 'tip', '', :text, :no, :no, :now, :now, :no);

INSERT INTO sharing_audience (author_id, share_id, circle_id, visible_until)
VALUES (:author, :share, :circle, :until);

INSERT INTO sharing_delivery (viewer_id, share_id, author_id, kind, outcome, visible_from, visible_until)
SELECT person_id, :share, :author, 'tip', '', :now, :until FROM ties_member WHERE circle_id = :circle;
