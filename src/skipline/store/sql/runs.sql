-- name: start
-- A run begins. A centre that takes a call over after a crash tells it again; the first row stands.
INSERT INTO runs (id, flow, version, call_id, phone, contact, started_at, started_by, variables, trace, steps_taken)
VALUES (:id, :flow, :version, :call_id, :phone, :contact, :started_at, :started_by, :variables, :trace, :steps_taken)
ON CONFLICT (id) DO NOTHING;

-- name: end
-- A run is over, written whole in case its first row never reached the disk. The first end stands, unless we had only
-- taken the run for lost.
INSERT INTO runs (id, flow, version, call_id, phone, contact, started_at, started_by, ended_at, outcome, variables, trace, steps_taken)
VALUES (:id, :flow, :version, :call_id, :phone, :contact, :started_at, :started_by, :ended_at, :outcome, :variables, :trace, :steps_taken)
ON CONFLICT (id) DO UPDATE
SET contact = excluded.contact, ended_at = excluded.ended_at, outcome = excluded.outcome,
    variables = excluded.variables, trace = excluded.trace, steps_taken = excluded.steps_taken
WHERE runs.ended_at IS NULL OR runs.outcome = 'lost';
