"""All commands of `skipline`, by name. A command's module is loaded when it is called, so that each pays for itself."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from skipline import __version__

_MODULES = {
    "demo": "skipline.cli.demo.command",
    "serve": "skipline.cli.serve",
    "apply": "skipline.cli.apply",
    "export": "skipline.cli.apply",
    "check": "skipline.cli.check",
    "test": "skipline.cli.test",
    "call": "skipline.cli.call",
    "backup": "skipline.cli.backup",
    "restore": "skipline.cli.backup",
    "doctor": "skipline.cli.doctor.command",
    "migrate": "skipline.cli.migrate",
    "user": "skipline.cli.user",
    "audit": "skipline.cli.audit",
    "new": "skipline.cli.new",
}
"""Where the function of a command's name is."""


class _Commands(TyperGroup):
    """The commands, loaded one by one; `--help` alone loads them all."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, in the order of the help."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None when there is none."""
        if cmd_name not in _MODULES:
            return None
        _load_structlog()
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(cmd_name)(getattr(import_module(_MODULES[cmd_name]), cmd_name))
        return typer.main.get_command(single)


def _load_structlog() -> None:
    """It loads rich, where it finds it, for tracebacks in colour. Logs are plain lines: 4 MB for nothing."""
    if "structlog" not in sys.modules and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]
        import_module("structlog")
        del sys.modules["rich"]


_app = typer.Typer(
    name="skipline",
    cls=_Commands,
    help="Takes a company's most important callers to the right people first.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(__version__)
        raise typer.Exit


@_app.callback()
def _top(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="print the version"),
) -> None:
    """Takes a company's most important callers to the right people first."""
    from skipline.cli.terminal import log_to_stderr  # not for --version, which has ended by now

    log_to_stderr("error")


def main() -> None:
    """Run the command line."""
    _app()
