"""The command `skipline`: one module per command, and the only place that wires the rooms together."""

from skipline.cli.commands import main

__all__ = ["main"]
