-- name: beat
-- A node is at work. Gives the last of its events that a leader took, and whether it is new, or was given up meanwhile.
INSERT INTO queue_nodes (node, routing_group, beat_at)
VALUES (:node, :routing_group, clock_timestamp())
ON CONFLICT (node) DO UPDATE SET beat_at = excluded.beat_at
RETURNING applied, xmax = 0 AS is_new;

-- name: tell
-- Events of one node, in their order. One that was told before, or that a leader took before, is not told again.
WITH told AS (
    INSERT INTO queue_events (routing_group, node, number, body)
    SELECT CAST(:routing_group AS text), CAST(:node AS text), one.number, one.body
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:bodies AS text[])) AS one (number, body)
    WHERE one.number > COALESCE((SELECT applied FROM queue_nodes WHERE node = CAST(:node AS text)), 0)
    ORDER BY one.number
    ON CONFLICT (node, number) DO NOTHING
    RETURNING 1
)
SELECT pg_notify('skipline_queues', 'events:' || CAST(:routing_group AS text)) FROM (SELECT count(*) FROM told) AS all_;

-- name: told
-- What waits for the leader. Nodes write at the same time, so a lower number may come to light later than a higher one;
-- those of one node never do.
SELECT id, node, number, body FROM queue_events WHERE routing_group = :routing_group ORDER BY id LIMIT :most;

-- name: take_lead
-- Whoever has the lock raises the epoch. A batch of the leader before is either in already, or will find another epoch.
INSERT INTO queue_leaders (routing_group, epoch, node, pid, beat_at)
VALUES (:routing_group, 1, :node, pg_backend_pid(), clock_timestamp())
ON CONFLICT (routing_group) DO UPDATE
SET epoch = queue_leaders.epoch + 1, node = excluded.node, pid = excluded.pid, beat_at = excluded.beat_at
RETURNING epoch;

-- name: keep_lead
-- The leader is at work; no row says that it leads no more.
UPDATE queue_leaders SET beat_at = clock_timestamp()
WHERE routing_group = :routing_group AND epoch = :epoch
RETURNING epoch;

-- name: unseat
-- Cut the connection of a leader that has the lock and has not been heard of.
SELECT pg_terminate_backend(held.pid) AS is_cut
FROM pg_locks AS held
JOIN queue_leaders AS leader ON leader.pid = held.pid AND leader.routing_group = :routing_group
WHERE
    held.locktype = 'advisory' AND held.granted
    AND CAST(held.classid AS bigint) = :space AND CAST(held.objid AS bigint) = :key
    AND leader.beat_at < clock_timestamp() - CAST(:silence AS interval);

-- name: stays
-- Every entry that the queues have, the longest here first.
SELECT node, body FROM queue_stays WHERE routing_group = :routing_group ORDER BY entry;

-- name: seats
-- Every agent of whom something is known.
SELECT body FROM queue_seats WHERE routing_group = :routing_group ORDER BY agent;

-- name: applied
-- How far a leader has come with the events of each node.
SELECT node, applied FROM queue_nodes WHERE routing_group = :routing_group;

-- name: silent
-- Nodes that have not been heard of.
SELECT node FROM queue_nodes
WHERE routing_group = :routing_group AND beat_at < clock_timestamp() - CAST(:silence AS interval)
ORDER BY node;

-- name: commit
-- A leader's batch, whole or, when another one leads by now, nothing of it. The lock on the leader's row is what a new
-- leader waits for; decisions get their numbers behind it, so those of a node come to light in their order.
WITH held AS MATERIALIZED (
    SELECT routing_group FROM queue_leaders
    WHERE routing_group = :routing_group AND epoch = :epoch
    FOR NO KEY UPDATE
), taken AS (
    DELETE FROM queue_events AS one USING held WHERE one.id = ANY(CAST(:events AS bigint[]))
), counted AS (
    UPDATE queue_nodes AS node SET applied = one.number
    FROM held, unnest(CAST(:nodes AS text[]), CAST(:numbers AS bigint[])) AS one (node, number)
    WHERE node.node = one.node
), left_ AS (
    DELETE FROM queue_stays AS one USING held WHERE one.entry = ANY(CAST(:left AS text[]))
), stayed AS (
    INSERT INTO queue_stays (entry, routing_group, node, body)
    SELECT one.entry, held.routing_group, one.node, one.body
    FROM held, unnest(CAST(:entries AS text[]), CAST(:entry_nodes AS text[]), CAST(:stays AS text[]))
        AS one (entry, node, body)
    ON CONFLICT (entry) DO UPDATE SET node = excluded.node, body = excluded.body
), seated AS (
    INSERT INTO queue_seats (routing_group, agent, body)
    SELECT held.routing_group, one.agent, one.body
    FROM held, unnest(CAST(:agents AS text[]), CAST(:seats AS text[])) AS one (agent, body)
    ON CONFLICT (routing_group, agent) DO UPDATE SET body = excluded.body
), decided AS (
    INSERT INTO queue_decisions (routing_group, node, body)
    SELECT held.routing_group, one.node, one.body
    FROM held, unnest(CAST(:decision_nodes AS text[]), CAST(:decisions AS text[]))
        WITH ORDINALITY AS one (node, body, place)
    ORDER BY one.place
    RETURNING id
)
SELECT
    (SELECT count(*) FROM held) AS held,
    (SELECT array_agg(id ORDER BY id) FROM decided) AS ids,
    (SELECT count(pg_notify('skipline_queues', 'decisions:' || one.node)) FROM held, unnest(CAST(:others AS text[])) AS one (node)) AS told;

-- name: decisions
-- What a node has to carry out next.
SELECT id, body FROM queue_decisions WHERE node = :node AND id > :after ORDER BY id LIMIT :most;

-- name: forget_decisions
-- A node has carried these out.
DELETE FROM queue_decisions WHERE node = :node AND id <= :until;

-- name: give_up
-- A node is gone for good. What it had to write down is left to the leader; its questions interest nobody any more.
WITH held AS MATERIALIZED (
    SELECT node FROM queue_leaders WHERE routing_group = :routing_group AND epoch = :epoch FOR NO KEY UPDATE
), left_ AS (
    DELETE FROM queue_decisions AS one USING held WHERE one.node = :node
    RETURNING one.id, one.routing_group, one.body, held.node AS heir
), inherited AS (
    INSERT INTO queue_decisions (routing_group, node, body)
    SELECT routing_group, heir, body FROM left_ ORDER BY id
), asked AS (
    DELETE FROM queue_questions AS one USING held WHERE one.node = :node
)
DELETE FROM queue_nodes AS one USING held WHERE one.node = :node RETURNING one.node;

-- name: ask
-- A question for the leader.
WITH asked AS (
    INSERT INTO queue_questions (id, routing_group, node, body) VALUES (:id, CAST(:routing_group AS text), :node, :body)
)
SELECT pg_notify('skipline_queues', 'events:' || CAST(:routing_group AS text));

-- name: questions
-- What the leader is asked.
SELECT id, body FROM queue_questions WHERE routing_group = :routing_group AND answer IS NULL ORDER BY id LIMIT :most;

-- name: answer
-- The leader's answers.
WITH answered AS (
    UPDATE queue_questions AS one SET answer = given.answer
    FROM unnest(CAST(:ids AS text[]), CAST(:answers AS text[])) AS given (id, answer)
    WHERE one.id = given.id
    RETURNING one.node
)
SELECT pg_notify('skipline_queues', 'answers:' || node) FROM (SELECT DISTINCT node FROM answered) AS all_;

-- name: answers
-- Take the answers to a node's questions.
DELETE FROM queue_questions WHERE node = :node AND answer IS NOT NULL RETURNING id, answer;

-- name: drop_question
-- Nobody waits for an answer any more.
DELETE FROM queue_questions WHERE id = :id;

-- name: notify
-- Tell every node something.
SELECT pg_notify('skipline_queues', CAST(:word AS text));

-- name: resign
-- A node leaves in peace: nobody need wait for its silence.
UPDATE queue_nodes SET beat_at = clock_timestamp() - interval '1 day' WHERE node = :node;
