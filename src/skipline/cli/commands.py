"""All commands of `skipline`, by name."""

import typer

from skipline import __version__
from skipline.cli.apply import apply, export
from skipline.cli.call import call
from skipline.cli.check import check
from skipline.cli.demo.command import demo
from skipline.cli.serve import serve

_app = typer.Typer(
    name="skipline",
    help="Takes a company's most important callers to the right people first.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

for command in (demo, serve, apply, export, check):
    _app.command()(command)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(__version__)
        raise typer.Exit


@_app.callback()
def _top(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="print the version"),
) -> None:
    """Takes a company's most important callers to the right people first."""


def main() -> None:
    """Run the command line."""
    _app()
