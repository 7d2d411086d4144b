"""The step `note`."""
