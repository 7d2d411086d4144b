"""The trigger `webhook`."""
