"""One file per check: each finds one kind of mistake in a drawn flow, or a few that belong together."""
