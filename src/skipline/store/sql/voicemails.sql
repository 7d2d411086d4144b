-- name: keep
-- A message was left. A centre that takes the call over hears of it again; the first row stands.
INSERT INTO voicemails (id, at, call_id, run_id, flow, version, phone, contact_name, queue, seconds, file, kept_by)
VALUES (:id, :at, :call_id, :run_id, :flow, :version, :phone, :contact_name, :queue, :seconds, :file, :kept_by)
ON CONFLICT (id) DO NOTHING;
