"""The step `set_variables`."""
