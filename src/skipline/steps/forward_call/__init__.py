"""The step `forward_call`."""
