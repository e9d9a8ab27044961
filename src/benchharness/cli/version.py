"""``benchharness --version``."""

from typing import Annotated

import typer

from benchharness import __version__


def print_version(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Handle what stands before the verb."""
    if version:
        typer.echo(f"benchharness {__version__}")
        raise typer.Exit


print_version.__doc__ = None
