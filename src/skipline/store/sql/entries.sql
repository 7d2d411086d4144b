-- name: keep
-- An entry as it stands now. One that is over stays as it is, unless we had only taken it for lost.
INSERT INTO entries (id, queue, phone, joined_at, state, left_at, is_lost, body, told, call_back)
VALUES (:id, :queue, :phone, :joined_at, :state, :left_at, :is_lost, :body, :told, :call_back)
ON CONFLICT (id) DO UPDATE
SET queue = excluded.queue, state = excluded.state, left_at = excluded.left_at, is_lost = excluded.is_lost,
    body = excluded.body, told = excluded.told, call_back = excluded.call_back
WHERE entries.left_at IS NULL OR entries.is_lost;
