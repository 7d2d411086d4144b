"""The step `ask`."""
