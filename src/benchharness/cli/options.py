"""Options that several verbs share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.registry.documents import did_you_mean

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
DataRoot: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data-root", metavar="DIR", help="Datasets laid out by hub id, read instead of the hub."),
]
GeneratorSeed: TypeAlias = Annotated[
    int | None,
    typer.Option("--generator-seed", metavar="N", help="Draws other items where a task generates them."),
]
Output: TypeAlias = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="Run folder; an existing one is resumed.")
]


def parse_languages(text: str) -> tuple[Language, ...]:
    """Read ``--languages zh,en``.

    Raises:
        InputError: if one is not known, or none is given.
    """
    names = split_list(text)
    for name in names:
        if name not in tuple(Language):
            hint_en, hint_zh = did_you_mean(name, [language.value for language in Language])
            raise InputError(
                en=f"--languages {text}: {name!r} is not a language of benchharness; expected zh, en or"
                f" zh,en.{hint_en}",
                zh=f"--languages {text}：不支持语言 {name!r}，应为 zh、en 或 zh,en。{hint_zh}",
            )
    if not names:
        raise InputError(
            en="--languages is empty; expected zh, en or zh,en.", zh="--languages 为空，应为 zh、en 或 zh,en。"
        )
    return tuple(language for language in Language if language.value in names)


def split_list(text: str) -> list[str]:
    """Split a list at its commas; empty entries are left out."""
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_pairs(entries: Sequence[str]) -> dict[str, str]:
    """Read ``--option KEY=VALUE``, given any number of times.

    Raises:
        InputError: if an entry has no ``=``.
    """
    pairs: dict[str, str] = {}
    for entry in entries:
        key, equals, value = entry.partition("=")
        if not equals or not key:
            raise InputError(
                en=f"--option {entry}: expected KEY=VALUE.", zh=f"--option {entry}：应为 KEY=VALUE 的形式。"
            )
        pairs[key] = value
    return pairs
