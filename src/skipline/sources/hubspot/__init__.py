"""The source `hubspot`."""
