"""``benchharness --version``."""

from typing import Annotated

import typer

from benchharness import __version__


def _print(wanted: bool) -> None:
    if wanted:
        typer.echo(f"benchharness {__version__}")
        raise typer.Exit


def print_version(
    # Eager: it is obeyed before a verb is missed.
    version: Annotated[
        bool, typer.Option("--version", callback=_print, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Handle what stands before the verb."""


print_version.__doc__ = None
