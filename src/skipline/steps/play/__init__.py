"""The step `play`."""
