"""What may start a flow: one folder for each type of trigger, found by walking this package."""
