"""How one schema becomes the next, with Alembic: one file in `versions` for each change of `schema.py`."""
