-- name: add
-- A run took a step and left it by this exit (empty: the run ended there); told again it changes nothing.
INSERT INTO run_passages (step, exit, run_id)
VALUES (:step, :exit, :run_id)
ON CONFLICT (step, exit, run_id) DO NOTHING;

-- name: remove
-- A run is forgotten. Its trace tells its passages, so that no index by run is needed.
DELETE FROM run_passages WHERE step = :step AND exit = :exit AND run_id = :run_id;
