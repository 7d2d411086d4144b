"""Runs the pure middle in the real world: loop, transactions, look-ups, the voice worker and what is live."""
