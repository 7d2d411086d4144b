"""Where look-ups come from: one folder for each type of source, found by walking this package."""
