"""The source `http`."""
