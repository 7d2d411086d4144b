-- name: ingest
-- A batch of events, each by the function of the same name, in the order given (rules 2, 5 and 6).
SELECT one.number, done.*
FROM unnest(
    CAST(:numbers AS integer[]), CAST(:channels AS text[]), CAST(:dedups AS text[]), CAST(:conversations AS text[]),
    CAST(:payloads AS text[]), CAST(:runs AS text[]), CAST(:flows AS text[]), CAST(:versions AS integer[]),
    CAST(:states AS text[]), CAST(:owners AS text[])
) AS one (number, channel, dedup, conversation, payload, run, flow, version, state, owner),
LATERAL skipline_ingest_1(
    one.channel, one.dedup, one.conversation, one.payload, one.run, one.flow, one.version, one.state, one.owner,
    CAST(:lease AS interval)
) AS done;

-- name: commit
-- A batch of turns, each by the function of the same name, in the order given (rules 2 and 3).
SELECT one.number, skipline_commit_1(
    one.run, one.rev, one.owner, one.status, one.state, one.due_at, one.event, CAST(:lease AS interval)
) AS verdict
FROM unnest(
    CAST(:numbers AS integer[]), CAST(:runs AS text[]), CAST(:revs AS integer[]), CAST(:owners AS text[]),
    CAST(:statuses AS text[]), CAST(:states AS text[]), CAST(:dues AS timestamptz[]), CAST(:events AS bigint[])
) AS one (number, run, rev, owner, status, state, due_at, event);

-- name: put_commands
-- The commands of saved turns, in their order (rule 4).
INSERT INTO outbox (idem, run_id, conversation, command, due_at, attempts)
SELECT one.idem, one.run, one.conversation, one.command, now(), 0
FROM unnest(
    CAST(:idems AS text[]), CAST(:runs AS text[]), CAST(:conversations AS text[]), CAST(:commands AS text[])
) WITH ORDINALITY AS one (idem, run, conversation, command, place)
ORDER BY one.place;

-- name: park_hopeless
-- Runs whose holder died again and again: a person should look (until then their conversation waits).
UPDATE durable_runs SET status = 'parked', due_at = CAST(:forever AS timestamptz), owner = NULL, changed_at = now(),
    problem = CASE problem WHEN '' THEN 'the process ended in the middle of this turn, again and again' ELSE problem END
WHERE id IN (
    SELECT id FROM durable_runs WHERE due_at <= now() AND attempts >= :most_attempts
    ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
)
RETURNING id;

-- name: claim
-- Take the runs that are due longest, but none that another node looks at just now. The time is that of the
-- transaction's beginning, so that the index serves.
WITH due AS (
    SELECT id FROM durable_runs WHERE due_at <= now() ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE durable_runs AS run
SET status = 'running', owner = :owner, due_at = clock_timestamp() + CAST(:lease AS interval), attempts = attempts + 1
FROM due WHERE run.id = due.id
RETURNING run.id, run.conversation, run.flow, run.version, run.state, run.rev, run.attempts, now() AS at;

-- name: next_events
-- The oldest event of each conversation that no run used yet. A statement of its own: it sees what was kept while the
-- claim waited for its locks.
SELECT DISTINCT ON (conversation) conversation, id, payload FROM inbox
WHERE run_id IS NULL AND conversation = ANY (CAST(:conversations AS text[]))
ORDER BY conversation, id;

-- name: take_commands
-- Take the commands that are due; of each run only the first, so that they are carried out in their order.
WITH due AS (
    SELECT due.id FROM outbox AS due
    WHERE due.due_at <= now() AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.run_id = due.run_id AND earlier.id < due.id AND earlier.due_at IS NOT NULL
    )
    ORDER BY due.due_at LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE outbox AS taken
SET owner = :owner, due_at = clock_timestamp() + CAST(:lease AS interval), attempts = attempts + 1
FROM due WHERE taken.id = due.id
RETURNING taken.id, taken.conversation, taken.command, taken.attempts;

-- name: tell
-- One word to every node that sleeps; PostgreSQL sends it when the transaction ends.
SELECT pg_notify('skipline_runs', '');
