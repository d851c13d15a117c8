-- What an import of orders has made, table by table: these rows are what the limit loads.
-- Those of one turn have names that begin with its mark, such as "n1-"; a world's own have other names.

-- shop_order
SELECT o.* FROM shop_order o WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- shop_orderline
SELECT l.* FROM shop_orderline l JOIN shop_order o ON o.id = l.order_id WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- sharing_share
SELECT s.* FROM sharing_share s JOIN shop_orderline l ON l.id = s.line_id JOIN shop_order o ON o.id = l.order_id
WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- sharing_audience
SELECT a.* FROM sharing_audience a JOIN sharing_share s ON s.id = a.share_id
JOIN shop_orderline l ON l.id = s.line_id JOIN shop_order o ON o.id = l.order_id WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- sharing_delivery
SELECT d.* FROM sharing_delivery d JOIN sharing_share s ON s.id = d.share_id
JOIN shop_orderline l ON l.id = s.line_id JOIN shop_order o ON o.id = l.order_id WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- notices_notice
SELECT n.* FROM shop_order o JOIN shop_orderline l ON l.order_id = o.id
JOIN notices_notice n ON n.recipient_id = o.buyer_id AND n.kind = 'may_share' AND n.subject = l.id
WHERE o.source = 'bench' AND o.external_id >= :from AND o.external_id < :to;

-- sharing_takenin
SELECT t.* FROM sharing_takenin t;
