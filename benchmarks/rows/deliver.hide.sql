-- Somebody hides all that they have shown.
UPDATE sharing_share SET hidden_at = :now, withdrawn_at = COALESCE(withdrawn_at, :now)
WHERE author_id = :author AND hidden_at IS NULL;

DELETE FROM sharing_delivery
WHERE share_id IN (SELECT id FROM sharing_share WHERE author_id = :author AND withdrawn_at IS NOT NULL);
