"""The command line: one file a verb. Each parses, calls and prints."""

import sys
from collections.abc import Sequence

import typer
from rich.console import Console

from benchharness.cli.doctor import doctor
from benchharness.cli.models import models_app
from benchharness.cli.run import run
from benchharness.cli.score import score
from benchharness.cli.show import show
from benchharness.cli.smoke import smoke
from benchharness.cli.tasks import tasks_app
from benchharness.cli.version import print_version
from benchharness.errors import BenchharnessError, bilingual

app = typer.Typer(
    name="benchharness",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Benchmarks language models in Chinese and English: scores, intervals and throughput in one record.",
)
app.command()(run)
app.command()(smoke)
app.command()(score)
app.command()(show)
app.add_typer(tasks_app, name="tasks")
app.add_typer(models_app, name="models")
app.command()(doctor)
app.callback()(print_version)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        arguments: without the program's name; those of this process by default.
    """
    errors = Console(stderr=True)
    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=True)
    except BenchharnessError as error:
        errors.print(f"[bold red]{bilingual('Error:', '错误：')}[/]", end=" ")
        errors.print(str(error), markup=False, highlight=False, soft_wrap=True)
        return error.exit_code
    except KeyboardInterrupt:
        errors.print(
            bilingual("Interrupted. The same command goes on from here.", "已中断。再次执行同一命令即可继续。")
        )
        return 130
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
