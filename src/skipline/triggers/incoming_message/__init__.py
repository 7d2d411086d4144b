"""The trigger `incoming_message`."""
