"""The step `add_to_queue`."""
