-- A friend is taken out of a circle, and sees no more than what another circle lets them see.
DELETE FROM ties_member WHERE circle_id = :circle AND person_id = :person;

DELETE FROM sharing_delivery
WHERE viewer_id = :person AND author_id = :owner
AND share_id IN (SELECT share_id FROM sharing_audience WHERE author_id = :owner AND circle_id = :circle)
AND NOT EXISTS (
    SELECT 1 FROM sharing_audience a JOIN ties_member m ON m.circle_id = a.circle_id
    WHERE a.share_id = sharing_delivery.share_id AND m.person_id = :person
);

UPDATE sharing_delivery SET visible_until = (
    SELECT MAX(a.visible_until) FROM sharing_audience a JOIN ties_member m ON m.circle_id = a.circle_id
    WHERE a.share_id = sharing_delivery.share_id AND m.person_id = :person
)
WHERE viewer_id = :person AND author_id = :owner
AND share_id IN (SELECT share_id FROM sharing_audience WHERE author_id = :owner AND circle_id = :circle);
