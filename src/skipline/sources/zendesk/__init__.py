"""The source `zendesk`."""
