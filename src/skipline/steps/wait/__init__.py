"""The step `wait`."""
