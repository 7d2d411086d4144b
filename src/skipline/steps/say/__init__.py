"""The step `say`."""
