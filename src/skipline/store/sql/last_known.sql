-- name: remember
-- A source's newest answer to one question replaces the one before; an older answer that comes late does not.
INSERT INTO last_known (source, key, value, known_at)
VALUES (:source, :key, :value, :known_at)
ON CONFLICT (source, key) DO UPDATE
SET value = excluded.value, known_at = excluded.known_at
WHERE last_known.known_at <= excluded.known_at;
