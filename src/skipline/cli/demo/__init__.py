"""The demo company: its API, its workspace and the calls that are placed to it."""
