"""The trigger `schedule`."""
