-- The run store's two busiest transactions on PostgreSQL, so that a batch of them is one round trip.
-- The rules are told in store/durable/__init__.py. A function here never changes once it was released: nodes of two
-- releases may share a database, so a change is a new function with the next number.

-- An event comes in: it is kept, then its conversation's run is locked, then one of them begins, wakes or queues.
CREATE FUNCTION skipline_ingest_1(
    p_channel text, p_dedup text, p_conversation text, p_payload text,
    p_run text, p_flow text, p_version integer, p_state text,
    p_owner text, p_lease interval
) RETURNS TABLE (
    verdict text, event_id bigint, run_id text, flow text, version integer, state text, rev integer, at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    event bigint;
    live record;
    present timestamptz := clock_timestamp();
    new_status text := CASE WHEN p_owner IS NULL THEN 'ready' ELSE 'running' END;
    new_due timestamptz := CASE WHEN p_owner IS NULL THEN present ELSE present + p_lease END;
    new_attempts integer := CASE WHEN p_owner IS NULL THEN 0 ELSE 1 END;
BEGIN
    INSERT INTO inbox (channel, dedup, conversation, payload, received_at)
    VALUES (p_channel, p_dedup, p_conversation, p_payload, present)
    ON CONFLICT DO NOTHING RETURNING id INTO event;
    IF event IS NULL THEN
        RETURN QUERY SELECT 'repeated', NULL::bigint, NULL, NULL, NULL::integer, NULL, NULL::integer, present;
        RETURN;
    END IF;
    LOOP
        SELECT r.* INTO live FROM durable_runs r
        WHERE r.conversation = p_conversation AND r.due_at IS NOT NULL FOR UPDATE;
        IF FOUND AND live.status = 'waiting' THEN
            UPDATE durable_runs r SET status = new_status, due_at = new_due, owner = p_owner, attempts = new_attempts
            WHERE r.id = live.id;
            RETURN QUERY SELECT 'resumed', event, live.id::text, live.flow::text, live.version, live.state, live.rev, present;
            RETURN;
        ELSIF FOUND THEN
            UPDATE inbox i SET next_run = p_run, next_flow = p_flow, next_version = p_version, next_state = p_state
            WHERE i.id = event AND p_run IS NOT NULL;
            RETURN QUERY SELECT 'queued', event, live.id::text, NULL, NULL::integer, NULL, NULL::integer, present;
            RETURN;
        ELSIF p_run IS NULL THEN
            UPDATE inbox i SET run_id = '' WHERE i.id = event;
            RETURN QUERY SELECT 'unwanted', event, NULL, NULL, NULL::integer, NULL, NULL::integer, present;
            RETURN;
        END IF;
        INSERT INTO durable_runs
            (id, conversation, flow, version, status, state, rev, due_at, owner, attempts, changed_at)
        VALUES
            (p_run, p_conversation, p_flow, p_version, new_status, p_state, 0, new_due, p_owner, new_attempts, present)
        ON CONFLICT (conversation) WHERE due_at IS NOT NULL DO NOTHING;
        -- Nothing was inserted when another node began a run of this conversation just now: look again.
        CONTINUE WHEN NOT FOUND;
        UPDATE inbox i SET run_id = p_run WHERE i.id = event;
        RETURN QUERY SELECT 'started', event, p_run, p_flow, p_version, p_state, 0, present;
        RETURN;
    END LOOP;
END $$;

-- A turn is saved: the run is locked by comparing and setting, then events that came meanwhile are looked for.
CREATE FUNCTION skipline_commit_1(
    p_run text, p_rev integer, p_owner text, p_status text, p_state text, p_due timestamptz, p_event bigint,
    p_lease interval
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    of_conversation text;
    following record;
BEGIN
    UPDATE durable_runs r
    SET status = p_status, state = p_state, rev = r.rev + 1, attempts = 0, problem = '',
        due_at = CASE p_status WHEN 'running' THEN clock_timestamp() + p_lease ELSE p_due END,
        owner = CASE p_status WHEN 'running' THEN p_owner END, changed_at = clock_timestamp()
    WHERE r.id = p_run AND r.rev = p_rev AND r.owner = p_owner
    RETURNING r.conversation INTO of_conversation;
    IF NOT FOUND THEN
        RETURN 'lost';
    END IF;
    IF p_event IS NOT NULL THEN
        UPDATE inbox SET run_id = p_run WHERE id = p_event;
    END IF;
    IF p_status = 'running' THEN
        RETURN 'saved';
    END IF;
    LOOP
        SELECT i.* INTO following FROM inbox i
        WHERE i.conversation = of_conversation AND i.run_id IS NULL ORDER BY i.id LIMIT 1;
        IF NOT FOUND THEN
            RETURN 'saved';
        ELSIF p_status <> 'done' THEN
            UPDATE durable_runs r SET status = 'ready', due_at = clock_timestamp() WHERE r.id = p_run;
            RETURN 'ready';
        ELSIF following.next_run IS NOT NULL THEN
            INSERT INTO durable_runs (id, conversation, flow, version, status, state, rev, due_at, attempts, changed_at)
            VALUES (following.next_run, of_conversation, following.next_flow, following.next_version, 'ready',
                    following.next_state, 0, clock_timestamp(), 0, clock_timestamp());
            UPDATE inbox SET run_id = following.next_run WHERE id = following.id;
            RETURN 'ready';
        END IF;
        UPDATE inbox SET run_id = '' WHERE id = following.id;
    END LOOP;
END $$;
