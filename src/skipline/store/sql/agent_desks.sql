-- name: sign_in
-- An agent takes conversations; who is signed in already stays so.
INSERT INTO agent_desks (agent, signed_in_at)
VALUES (:agent, :signed_in_at)
ON CONFLICT (agent) DO NOTHING;
