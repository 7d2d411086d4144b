-- name: ingest
-- A batch of events, each by the function of the same name, in the order given (rules 2, 5 and 6). With runs that began
-- go their records, so that they are shown from now on.
WITH arrived AS MATERIALIZED (
    SELECT one.number, done.*
    FROM unnest(
        CAST(:numbers AS integer[]), CAST(:channels AS text[]), CAST(:dedups AS text[]), CAST(:conversations AS text[]),
        CAST(:payloads AS text[]), CAST(:runs AS text[]), CAST(:flows AS text[]), CAST(:versions AS integer[]),
        CAST(:states AS text[]), CAST(:owners AS text[])
    ) AS one (number, channel, dedup, conversation, payload, run, flow, version, state, owner),
    LATERAL skipline_ingest_1(
        one.channel, one.dedup, one.conversation, one.payload, one.run, one.flow, one.version, one.state, one.owner,
        CAST(:lease AS interval)
    ) AS done
), record AS (
    INSERT INTO runs (id, flow, version, phone, contact, started_at, started_by, variables, trace, steps_taken)
    SELECT
        arrived.run_id, arrived.flow, arrived.version, one.phone, one.contact, one.started_at, one.started_by, '{}', '[]', 0
    FROM unnest(
        CAST(:numbers AS integer[]), CAST(:phones AS text[]), CAST(:contacts AS json[]),
        CAST(:started_ats AS timestamptz[]), CAST(:started_bys AS json[])
    ) AS one (number, phone, contact, started_at, started_by)
    JOIN arrived USING (number)
    WHERE arrived.verdict = 'started'
    ON CONFLICT (id) DO NOTHING
)
SELECT * FROM arrived;

-- name: commit
-- A batch of turns, each by the function of the same name, in the order given (rules 2 and 3). With those that were
-- saved go their commands in their order (rule 4) and their runs' records, which `runs.sql` tells of.
WITH turn AS MATERIALIZED (
    SELECT one.number, skipline_commit_1(
        one.run, one.rev, one.owner, one.status, one.state, one.due_at, one.event, CAST(:lease AS interval)
    ) AS verdict
    FROM unnest(
        CAST(:numbers AS integer[]), CAST(:runs AS text[]), CAST(:revs AS integer[]), CAST(:owners AS text[]),
        CAST(:statuses AS text[]), CAST(:states AS text[]), CAST(:dues AS timestamptz[]), CAST(:events AS bigint[])
    ) AS one (number, run, rev, owner, status, state, due_at, event)
), saved AS (
    SELECT number FROM turn WHERE verdict <> 'lost'
), command AS (
    INSERT INTO outbox (idem, run_id, conversation, command, due_at, attempts)
    SELECT one.idem, one.run, one.conversation, one.command, now(), 0
    FROM unnest(
        CAST(:command_turns AS integer[]), CAST(:command_ids AS text[]), CAST(:command_runs AS text[]),
        CAST(:command_conversations AS text[]), CAST(:commands AS text[])
    ) WITH ORDINALITY AS one (number, idem, run, conversation, command, place)
    JOIN saved USING (number)
    ORDER BY one.place
), record AS (
    INSERT INTO runs (
        id, flow, version, call_id, phone, contact, started_at, started_by, ended_at, outcome, variables, trace, steps_taken
    )
    SELECT
        id, flow, version, call_id, phone, contact, started_at, started_by, ended_at, outcome, variables, trace, steps_taken
    FROM unnest(
        CAST(:numbers AS integer[]), CAST(:record_id AS text[]), CAST(:record_flow AS text[]),
        CAST(:record_version AS integer[]), CAST(:record_call_id AS text[]), CAST(:record_phone AS text[]),
        CAST(:record_contact AS json[]), CAST(:record_started_at AS timestamptz[]),
        CAST(:record_started_by AS json[]), CAST(:record_ended_at AS timestamptz[]),
        CAST(:record_outcome AS text[]), CAST(:record_variables AS json[]), CAST(:record_trace AS json[]),
        CAST(:record_steps_taken AS integer[])
    ) AS one (
        number, id, flow, version, call_id, phone, contact, started_at, started_by, ended_at, outcome, variables, trace,
        steps_taken
    )
    JOIN saved USING (number)
    ON CONFLICT (id) DO UPDATE
    SET contact = excluded.contact, ended_at = excluded.ended_at, outcome = excluded.outcome,
        variables = excluded.variables, trace = excluded.trace, steps_taken = excluded.steps_taken
    WHERE runs.ended_at IS NULL OR runs.outcome = 'lost'
), passage AS (
    INSERT INTO run_passages (step, exit, run_id)
    SELECT one.step, one.exit, one.run
    FROM unnest(
        CAST(:passage_turns AS integer[]), CAST(:passage_steps AS text[]), CAST(:passage_exits AS text[]),
        CAST(:passage_runs AS text[])
    ) AS one (number, step, exit, run)
    JOIN saved USING (number)
    ON CONFLICT DO NOTHING
)
SELECT number, verdict FROM turn;

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

-- name: renew
-- Put the ends of leases off, of those that are not lost. They are locked in the order in which batches of events and
-- turns lock them (code points, as Python sorts), so that nodes wait for each other and never in a circle (rule 7).
WITH held AS (
    SELECT run.id
    FROM durable_runs AS run
    JOIN unnest(CAST(:runs AS text[]), CAST(:owners AS text[])) AS one (id, owner)
        ON run.id = one.id AND run.owner = one.owner
    ORDER BY run.conversation COLLATE "C"
    FOR UPDATE OF run
)
UPDATE durable_runs AS run SET due_at = clock_timestamp() + CAST(:lease AS interval)
FROM held WHERE run.id = held.id
RETURNING run.id;

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

-- name: settle
-- Commands that are carried out, or given up because of a problem; those that are not their owner's any more are left.
UPDATE outbox AS held SET due_at = NULL, owner = NULL, settled_at = now(), problem = one.problem
FROM unnest(CAST(:ids AS bigint[]), CAST(:owners AS text[]), CAST(:problems AS text[])) AS one (id, owner, problem)
WHERE held.id = one.id AND held.owner = one.owner AND held.due_at IS NOT NULL
RETURNING held.id;

-- name: tell
-- One word to every node that sleeps; PostgreSQL sends it when the transaction ends.
SELECT pg_notify('skipline_runs', '');
