-- name: keep
-- What a provider delivered, before it hears that we have it.
INSERT INTO channel_deliveries (id, account, received_at, headers, body)
VALUES (:id, :account, :received_at, :headers, :body);
