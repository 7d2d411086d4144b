-- name: clock
-- The database's present, to the millisecond.
SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now');

-- name: keep_event
-- An event comes in, with the run that uses it (empty: nobody wants it), or the run that it begins when its turn has
-- come. A second delivery changes nothing and gives no row (rule 6).
INSERT INTO inbox (
    channel, dedup, conversation, payload, received_at, run_id, next_run, next_flow, next_version, next_state
)
VALUES (
    :channel, :dedup, :conversation, :payload, :present, :run, :next_run, :next_flow, :next_version, :next_state
)
ON CONFLICT (channel, dedup) DO NOTHING
RETURNING id;

-- name: find_live
-- The one live run of a conversation.
SELECT id, status, flow, version, state, rev FROM durable_runs
WHERE conversation = :conversation AND due_at IS NOT NULL;

-- name: wake
-- An event wakes a waiting run; who received it may hold it at once (rule 5).
UPDATE durable_runs SET status = :status, due_at = :due_at, owner = :owner, attempts = :attempts WHERE id = :run;

-- name: begin
-- A run begins.
INSERT INTO durable_runs (id, conversation, flow, version, status, state, rev, due_at, owner, attempts, changed_at)
VALUES (:run, :conversation, :flow, :version, :status, :state, 0, :due_at, :owner, :attempts, :present);

-- name: use_event
-- A run used an event; empty: nobody wanted it.
UPDATE inbox SET run_id = :run WHERE id = :event;

-- name: with_events
-- Which of these conversations (a JSON list) have events that no run used yet.
SELECT DISTINCT conversation FROM inbox
WHERE run_id IS NULL AND conversation IN (SELECT value FROM json_each(?));

-- name: next_event
-- The oldest event of a conversation that no run used yet.
SELECT id, payload, next_run, next_flow, next_version, next_state FROM inbox
WHERE conversation = :conversation AND run_id IS NULL ORDER BY id LIMIT 1;

-- name: claim
-- Take the runs that are due longest.
UPDATE durable_runs SET status = 'running', owner = :owner, due_at = :lease_end, attempts = attempts + 1
WHERE id IN (SELECT id FROM durable_runs WHERE due_at <= :present ORDER BY due_at LIMIT :most)
RETURNING id, conversation, flow, version, state, rev, attempts;

-- name: renew
-- Put the end of a lease off, unless it was lost.
UPDATE durable_runs SET due_at = :lease_end WHERE id = :run AND owner = :owner RETURNING id;

-- name: save
-- A turn is saved, unless somebody else holds the run by now (rule 3).
UPDATE durable_runs SET status = :status, state = :state, rev = rev + 1, due_at = :due_at, owner = :next_owner,
    attempts = 0, problem = '', changed_at = :present
WHERE id = :run AND rev = :rev AND owner = :owner
RETURNING conversation;

-- name: make_ready
-- An event came while the turn was taken (rule 2).
UPDATE durable_runs SET status = 'ready', due_at = :present WHERE id = :run;

-- name: put_command
-- A command goes out with the turn that issued it (rule 4).
INSERT INTO outbox (idem, run_id, conversation, command, due_at, attempts)
VALUES (?, ?, ?, ?, ?, 0);

-- name: take_commands
-- Take the commands that are due; of each run only the first, so that they are carried out in their order.
UPDATE outbox SET owner = :owner, due_at = :lease_end, attempts = attempts + 1
WHERE id IN (
    SELECT due.id FROM outbox AS due
    WHERE due.due_at <= :present AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.run_id = due.run_id AND earlier.id < due.id AND earlier.due_at IS NOT NULL
    )
    ORDER BY due.due_at LIMIT :most
)
RETURNING id, conversation, command, attempts;

-- name: settle
-- A command is carried out, or given up because of a problem, unless somebody else holds it by now.
UPDATE outbox SET due_at = NULL, owner = NULL, settled_at = :present, problem = :problem
WHERE id = :command AND owner = :owner AND due_at IS NOT NULL;
