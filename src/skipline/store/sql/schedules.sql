-- name: begin
-- A schedule is seen for the first time; of two nodes one is first.
INSERT INTO schedules (flow, cron, zone, done_until)
VALUES (:flow, :cron, :zone, :done_until)
ON CONFLICT (flow, cron, zone) DO NOTHING;

-- name: advance
-- Moments are done with; who comes second finds that they are, and does not count the missed ones again.
UPDATE schedules
SET done_until = :done_until, missed = missed + :missed, last_missed_at = COALESCE(:last_missed_at, last_missed_at)
WHERE flow = :flow AND cron = :cron AND zone = :zone AND done_until < :done_until;
