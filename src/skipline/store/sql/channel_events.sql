-- name: keep
-- One thing that a delivery told. Told again, in whatever delivery, it changes nothing.
INSERT INTO channel_events (account, dedup, at, received_at, delivery_id, address, kind, body, due_at)
VALUES (:account, :dedup, :at, :received_at, :delivery_id, :address, :kind, :body, :due_at)
ON CONFLICT (account, dedup) DO NOTHING;
