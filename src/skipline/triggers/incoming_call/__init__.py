"""The trigger `incoming_call`."""
