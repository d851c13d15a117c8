-- A friend comes into a circle, and sees what it sees.
INSERT INTO ties_member (owner_id, circle_id, person_id) VALUES (:owner, :circle, :person);

INSERT INTO sharing_delivery (viewer_id, share_id, author_id, kind, listing_id, merchant_id, outcome, rating,
                              visible_from, visible_until)
SELECT :person, s.id, s.author_id, s.kind, s.listing_id, s.merchant_id, s.outcome, s.rating, s.visible_from,
       a.visible_until
FROM sharing_audience a JOIN sharing_share s ON s.id = a.share_id
WHERE a.author_id = :owner AND a.circle_id = :circle AND s.withdrawn_at IS NULL
ON CONFLICT (viewer_id, share_id) DO UPDATE SET visible_until = excluded.visible_until
WHERE excluded.visible_until > sharing_delivery.visible_until;
