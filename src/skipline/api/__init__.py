"""The management API: one module per resource, problem documents for errors, a bearer key at the door."""
