-- name: pause
-- An agent wants no contacts; a new reason takes the place of the one before.
INSERT INTO agent_pauses (agent, reason, paused_at)
VALUES (:agent, :reason, :paused_at)
ON CONFLICT (agent) DO UPDATE
SET reason = excluded.reason, paused_at = excluded.paused_at;
