-- name: keep
-- The newest delivery of its kind stands, whichever node writes it down last.
INSERT INTO webhook_deliveries (webhook, is_accepted, received_at, body)
VALUES (:webhook, :is_accepted, :received_at, :body)
ON CONFLICT (webhook, is_accepted) DO UPDATE
SET received_at = excluded.received_at, body = excluded.body
WHERE webhook_deliveries.received_at <= excluded.received_at;
