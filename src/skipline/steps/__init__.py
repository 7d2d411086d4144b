"""What a flow can do: one folder for each type of step, found by walking this package."""
