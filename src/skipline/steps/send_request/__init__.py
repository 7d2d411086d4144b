"""The step `send_request`."""
