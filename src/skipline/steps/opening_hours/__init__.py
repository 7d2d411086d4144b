"""The step `opening_hours`."""
