"""Mistakes on the command line, told like every other error: what is wrong, what to do, in two languages."""

import re

import typer

from benchharness.errors import InputError

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises for a command line that it cannot read."""

NO_VERB = "NoArgsIsHelpError"
"""Nothing was asked for; the parser has shown the help."""

_PHRASES: tuple[tuple[str, str, str], ...] = (
    (
        r"No such option: (\S+?)(?:[ ;.]*\(?(?:Possible options:|Did you mean)\s*(.+?)[)?]*)?",
        "{0}: no such option.",
        "{0}：没有这个选项。",
    ),
    (r"No such command '(.+?)'\.(?: Did you mean '(.+)'\?)?", "{0}: no such command.", "{0}：没有这个命令。"),
    (r"Missing \w+ '(.+?)'.*", "{0} is missing.", "缺少 {0}。"),
    (r"Option '(.+)' requires an argument\.", "{0}: a value is missing.", "{0} 后面缺少取值。"),
    (r"Option '(.+)' does not take a value\.", "{0} takes no value.", "{0} 不带取值。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "{0}: nothing is expected here.", "{0}：此处不应有参数。"),
    (
        r"Invalid value for '(.+)': Input should be greater than or equal to (.+)",
        "{0}: expected a number of at least {1}.",
        "{0}：应为不小于 {1} 的数。",
    ),
    (
        r"Invalid value for '(.+)': Input should be a valid integer.*",
        "{0}: expected a whole number.",
        "{0}：应为整数。",
    ),
)


def explain(error: Exception) -> InputError:
    """Return a mistake that the parser found as an error of ours."""
    message: str = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "benchharness"
    en, zh = _translate(message)
    return InputError(en=f"{en} `{path} --help` shows what there is.", zh=f"{zh}用法见 `{path} --help`。")


def _translate(message: str) -> tuple[str, str]:
    for pattern, en, zh in _PHRASES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is None:
            continue
        words = [word or "" for word in found.groups()]
        en, zh = en.format(*words), zh.format(*words)
        if message.startswith("No such") and words[-1]:
            en, zh = f"{en} Did you mean {words[-1]}?", f"{zh}您要找的是不是 {words[-1]}？"
        return en, zh
    return message, f"命令行有误：{message}"
