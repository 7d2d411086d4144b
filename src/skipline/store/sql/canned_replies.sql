-- name: keep
-- A canned reply; another text takes the place of the one before.
INSERT INTO canned_replies (name, text, language, author, updated_at)
VALUES (:name, :text, :language, :author, :updated_at)
ON CONFLICT (name) DO UPDATE
SET text = excluded.text, language = excluded.language, author = excluded.author, updated_at = excluded.updated_at;
