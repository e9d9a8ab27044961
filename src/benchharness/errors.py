"""Errors a user can act on: each says what is wrong, where, and what to do, in English and in Chinese."""

import os
from typing import Literal

InterfaceLanguage = Literal["en", "zh"]


def interface_language() -> InterfaceLanguage:
    """Return the language in which messages and tables are shown.

    ``BENCHHARNESS_LANGUAGE`` (``zh`` or ``en``) decides; otherwise the first of ``LC_ALL``,
    ``LC_MESSAGES`` and ``LANG`` that is set, as POSIX orders them.
    """
    chosen = os.environ.get("BENCHHARNESS_LANGUAGE", "")
    if not chosen:
        chosen = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    return "zh" if chosen.lower().startswith("zh") else "en"


def bilingual(en: str, zh: str) -> str:
    """Return ``zh`` or ``en``, whichever the interface language asks for."""
    return zh if interface_language() == "zh" else en


class BenchharnessError(Exception):
    """A failure with a cause and a remedy the user can act on; shown without a traceback.

    Args:
        en: the message in English: the place, what is wrong there, what to do.
        zh: the same message in Chinese.
    """

    exit_code = 1

    def __init__(self, *, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __str__(self) -> str:
        return bilingual(self.en, self.zh)


class InputError(BenchharnessError):
    """Something the user wrote is wrong: a flag, a name, a YAML or data file, a run folder."""

    exit_code = 2


class MissingDependencyError(BenchharnessError):
    """A part needs a package that is not installed; the message names the extra that brings it."""

    exit_code = 3


class OfflineError(BenchharnessError):
    """A file is neither on this machine nor can it be fetched; the message lists it and how to mirror it."""

    exit_code = 4


class ManifestChangedError(BenchharnessError):
    """A run folder was made under other conditions than those asked for now."""

    exit_code = 5


class BudgetSpentError(BenchharnessError):
    """A backend asks no more, because what may be charged is spent. What it had asked it has answered."""

    exit_code = 6
