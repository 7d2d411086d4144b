-- name: add
-- A run took a step and left it by this exit (empty: the run ended there); told again it changes nothing.
INSERT INTO run_passages (step, exit, run_id)
VALUES (:step, :exit, :run_id)
ON CONFLICT (step, exit, run_id) DO NOTHING;
