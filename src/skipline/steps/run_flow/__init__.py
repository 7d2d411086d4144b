"""The step `run_flow`."""
