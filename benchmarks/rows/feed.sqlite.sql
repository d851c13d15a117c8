-- The newest twenty (and whether there are more) that somebody's circles show them, with all that a card says,
-- under the whole rule as it is at this moment. Asked by the digest of their token.
WITH me AS MATERIALIZED (
  SELECT person.id
  FROM people_accesstoken AS token
  JOIN people_person AS person ON person.id = token.person_id
  WHERE token.digest = :digest
    AND (token.expires_at IS NULL OR token.expires_at > :now)
    AND EXISTS (SELECT 1 FROM json_each(token.scopes) WHERE value = 'circle:read')
    AND person.is_active AND person.suspended_at IS NULL
    -- they agree to the circle side: the newest entry of the ledger says so
    AND (SELECT consent.given FROM people_consent AS consent
         WHERE consent.person_id = person.id AND consent.purpose = 'sharing'
         ORDER BY consent.at DESC, consent.id DESC LIMIT 1)
    -- the feature is open, and one of its batches lets them in
    AND EXISTS (SELECT 1 FROM rollout_feature f WHERE f.name = 'circles' AND f.state = 'open')
    AND LET_IN(circles, person)
),
page AS MATERIALIZED (
  SELECT delivery.share_id, delivery.author_id, delivery.visible_from, tie.alias
  FROM sharing_delivery AS delivery
  CROSS JOIN ties_relationship AS tie ON tie.owner_id = (SELECT id FROM me) AND tie.other_id = delivery.author_id
  WHERE delivery.viewer_id = (SELECT id FROM me)
    AND delivery.visible_from <= :now AND delivery.visible_until > :now
    AND tie.friend_at IS NOT NULL AND NOT tie.blocked AND NOT tie.blocked_by
    AND NOT tie.hidden_by AND NOT tie.muted AND tie.shows
  ORDER BY delivery.visible_from DESC, delivery.share_id DESC
  LIMIT 21
)
SELECT
  share.id, share.kind, share.category_id AS category, share.outcome, share.rating, share.text,
  share.bought_month, page.visible_from, share.to_everyone, share.withdrawn_at IS NOT NULL AS withdrawn,
  share.source, share.external_id,
  author.id AS author, page.alias, author.display_name, author.handle, author.source AS author_source,
  author.external_id AS author_external_id,
  (
    SELECT json_group_array(circle.name)
    FROM ties_member AS member CROSS JOIN ties_circle AS circle ON circle.id = member.circle_id
    WHERE member.owner_id = me.id AND member.person_id = page.author_id
  ) AS circles,
  listing.id AS listing, listing.title, listing.picture, listing.source AS listing_source,
  listing.external_id AS listing_external_id,
  merchant.id AS merchant, merchant.name AS merchant_name, merchant.external_id AS merchant_external_id,
  hold.state AS hold_state, hold.since, hold.rule, hold.standard, hold.claimed, hold.figure, hold.bound,
  hold.words,
  (
    SELECT json_group_array(json_array(shown.position, photo.id, photo.width, photo.height))
    FROM sharing_sharephoto AS shown JOIN media_photo AS photo ON photo.id = shown.photo_id
    WHERE shown.share_id = page.share_id
  ) AS photos,
  (
    SELECT count(*) FROM sharing_comment AS comment
    WHERE comment.share_id = page.share_id AND comment.hidden_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM ties_relationship AS tie
      WHERE tie.owner_id = me.id AND tie.other_id = comment.author_id AND (tie.blocked OR tie.blocked_by))
  ) AS comments,
  (
    SELECT json_array(count(*), coalesce(max(liked.person_id = me.id), 0)) FROM sharing_like AS liked
    WHERE liked.share_id = page.share_id AND NOT EXISTS (
      SELECT 1 FROM ties_relationship AS tie
      WHERE tie.owner_id = me.id AND tie.other_id = liked.person_id AND (tie.blocked OR tie.blocked_by))
  ) AS likes
FROM page
CROSS JOIN me
CROSS JOIN sharing_share AS share ON share.id = page.share_id
CROSS JOIN people_person AS author ON author.id = page.author_id
LEFT JOIN shop_listing AS listing ON listing.id = share.listing_id
LEFT JOIN shop_merchant AS merchant ON merchant.id = listing.merchant_id
LEFT JOIN shop_listinghold AS hold ON hold.listing_id = share.listing_id
ORDER BY page.visible_from DESC, page.share_id DESC
