-- name: add
-- A stay in a queue is over. A centre that takes over after a crash may tell it again; the first row stands.
INSERT INTO visits (entry, queue, tier, medium, target_seconds, joined_at, left_at, ended, waited_seconds, credit_seconds,
    rang_seconds, agent, talk_seconds, hold_seconds, wrap_up_seconds, overflowed_to, offers, misses, was_transferred,
    is_call_back, estimate_seconds, estimate_low, estimate_high, call_id, run_id)
VALUES (:entry, :queue, :tier, :medium, :target_seconds, :joined_at, :left_at, :ended, :waited_seconds, :credit_seconds,
    :rang_seconds, :agent, :talk_seconds, :hold_seconds, :wrap_up_seconds, :overflowed_to, :offers, :misses,
    :was_transferred, :is_call_back, :estimate_seconds, :estimate_low, :estimate_high, :call_id, :run_id)
ON CONFLICT (entry, queue, left_at) DO NOTHING;
