-- And shows it again: what they see whom some circle holds, until the last of their circles' ends.
UPDATE sharing_share SET hidden_at = NULL, withdrawn_at = NULL
WHERE author_id = :author AND hidden_at IS NOT NULL AND NOT withdrawn_by_staff;

INSERT INTO sharing_delivery (viewer_id, share_id, author_id, kind, listing_id, merchant_id, outcome, rating,
                              visible_from, visible_until)
SELECT m.person_id, s.id, s.author_id, s.kind, s.listing_id, s.merchant_id, s.outcome, s.rating,
       s.visible_from, MAX(a.visible_until)
FROM sharing_share s JOIN sharing_audience a ON a.share_id = s.id JOIN ties_member m ON m.circle_id = a.circle_id
WHERE s.author_id = :author AND s.withdrawn_at IS NULL
GROUP BY m.person_id, s.id;
