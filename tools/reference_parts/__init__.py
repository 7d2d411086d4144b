"""What the reference says, read from the code: one module for each kind of thing."""
