-- name: start
-- A call arrived. The worker tells it again after a lost connection; the first telling stands, but for who carries it.
INSERT INTO calls (id, arrived_at, phone, body, node)
VALUES (:id, :arrived_at, :phone, :body, :node)
ON CONFLICT (id) DO UPDATE SET node = excluded.node WHERE calls.node <> excluded.node;

-- name: end
-- A call is over. The first end stands, unless we had only taken the call for lost.
UPDATE calls
SET ended_at = :ended_at, ended_by = :ended_by, code = :code, reason = :reason
WHERE id = :id AND (ended_at IS NULL OR ended_by = 'lost');
