"""The step `tag`."""
