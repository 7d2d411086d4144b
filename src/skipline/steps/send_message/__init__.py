"""The step `send_message`."""
