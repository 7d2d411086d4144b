"""The step `fetch_variables`."""
