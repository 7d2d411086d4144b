"""The step `hang_up`."""
