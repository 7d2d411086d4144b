"""The step `branch`."""
