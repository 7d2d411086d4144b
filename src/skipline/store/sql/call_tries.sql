-- name: add
-- One attempt at one target; told again it changes nothing.
INSERT INTO call_tries (call_id, command, position, body)
VALUES (:call_id, :command, :position, :body)
ON CONFLICT (call_id, command, position) DO NOTHING;
