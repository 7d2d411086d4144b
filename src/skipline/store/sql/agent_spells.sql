-- name: close
-- An agent's state changed: what went on until now is over.
UPDATE agent_spells
SET ended_at = :began_at
WHERE agent = :agent AND ended_at IS NULL AND began_at < :began_at;

-- name: open
-- And this goes on. Of several changes at one instant the last one counts; told again it changes nothing.
INSERT INTO agent_spells (agent, began_at, state, reason)
VALUES (:agent, :began_at, :state, :reason)
ON CONFLICT (agent, began_at) DO UPDATE
SET state = excluded.state, reason = excluded.reason
WHERE agent_spells.ended_at IS NULL;
