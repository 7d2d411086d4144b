"""Callers who wait in a queue with music, and the agents who are rung for them, joined with them and part again."""
