"""Reading what the command line says of a measurement: lengths, numbers, names."""

import re
from collections.abc import Callable, Sequence
from typing import TypedDict, TypeVar

from benchharness.errors import InputError
from benchharness.perf.request import Lengths, Scenario, TextKind
from benchharness.registry.documents import did_you_mean

T = TypeVar("T")

_CELL = re.compile(r"([1-9][0-9]{0,8})[x×]([1-9][0-9]{0,8})")
_WHOLE = re.compile(r"[1-9][0-9]{0,8}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def parse_grid(text: str, flag: str = "--grid") -> tuple[Lengths, ...]:
    """Read ``--grid 64x16,2048x128``: tokens of a prompt × tokens of its answer.

    Raises:
        InputError: naming the entry that is wrong or stands twice.
    """

    def read(part: str) -> Lengths | None:
        found = _CELL.fullmatch(part)
        return Lengths(int(found[1]), int(found[2])) if found else None

    return _parse(
        flag,
        text,
        read,
        "expected INPUTxOUTPUT in tokens, both at least 1, such as 2048x128",
        "应为“输入x输出”（词元数，均不小于 1），如 2048x128",
    )


def parse_concurrency(text: str) -> tuple[int, ...]:
    """Read ``--concurrency 1,2,4,8``.

    Raises:
        InputError: naming the entry that is wrong or stands twice.
    """
    return _parse(
        "--concurrency",
        text,
        lambda part: int(part) if _WHOLE.fullmatch(part) else None,
        "expected whole numbers of at least 1, such as 1,2,4,8",
        "应为不小于 1 的整数，如 1,2,4,8",
    )


def parse_rates(text: str) -> tuple[float, ...]:
    """Read ``--rate 0.5,1,2``: requests a second.

    Raises:
        InputError: naming the entry that is wrong or stands twice.
    """
    return _parse(
        "--rate",
        text,
        # Zero is no rate.
        lambda part: (float(part) or None) if _NUMBER.fullmatch(part) else None,
        "expected requests a second above 0, such as 0.5,1,2",
        "应为大于 0 的每秒请求数，如 0.5,1,2",
    )


def parse_scenarios(text: str) -> tuple[Scenario, ...]:
    """Read ``--scenario offline,single``.

    Raises:
        InputError: naming the entry that is not known or stands twice.
    """
    return tuple(Scenario(name) for name in _names("--scenario", text, [one.value for one in Scenario]))


def parse_texts(text: str) -> tuple[TextKind, ...]:
    """Read ``--text random,zh,en``.

    Raises:
        InputError: naming the entry that is not known or stands twice.
    """
    return tuple(TextKind(name) for name in _names("--text", text, [one.value for one in TextKind]))


class Loads(TypedDict):
    """The part of a request that says how requests arrive."""

    scenarios: tuple[Scenario, ...]
    concurrency: tuple[int, ...]
    rates: tuple[float, ...]


def read_loads(scenario: str | None, concurrency: str | None, rate: str | None) -> Loads:
    """Read ``--scenario``, ``--concurrency`` and ``--rate`` together.

    Without ``--scenario`` they are offline and single, and those whose numbers are given.

    Raises:
        InputError: if one is wrong, or numbers are given for a scenario that is left out.
    """
    loads = Loads(
        scenarios=(Scenario.OFFLINE, Scenario.SINGLE) if scenario is None else parse_scenarios(scenario),
        concurrency=() if concurrency is None else parse_concurrency(concurrency),
        rates=() if rate is None else parse_rates(rate),
    )
    for flag, given, needed in (
        ("--concurrency", loads["concurrency"], Scenario.CONCURRENCY),
        ("--rate", loads["rates"], Scenario.SERVER),
    ):
        if not given or needed in loads["scenarios"]:
            continue
        if scenario is not None:
            raise InputError(
                en=f"{flag} is for the scenario {needed}, which --scenario {scenario} leaves out. Add it, or leave out"
                f" {flag}.",
                zh=f"{flag} 用于场景 {needed}，但 --scenario {scenario} 未包含该场景。请补上该场景，或去掉 {flag}。",
            )
        loads["scenarios"] += (needed,)
    return loads


def _names(flag: str, text: str, known: Sequence[str]) -> tuple[str, ...]:
    wrong = next((part for part in _parts(text) if part not in known), "")
    hint_en, hint_zh = did_you_mean(wrong, known)
    return _parse(
        flag,
        text,
        lambda part: part if part in known else None,
        f"there are {', '.join(known)}{hint_en and '.'}{hint_en.rstrip('.')}",
        f"可用的有 {'、'.join(known)}{hint_zh and '。'}{hint_zh.rstrip('。')}",
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _parse(flag: str, text: str, read: Callable[[str], T | None], expected: str, expected_zh: str) -> tuple[T, ...]:
    values: list[T] = []
    for part in _parts(text):
        value = read(part)
        if value is None:
            raise InputError(
                en=f"{flag} {text}: {part!r} is wrong; {expected}.", zh=f"{flag} {text}：{part!r} 有误；{expected_zh}。"
            )
        if value in values:
            raise InputError(
                en=f"{flag} {text}: {part!r} stands twice; name it once.",
                zh=f"{flag} {text}：{part!r} 重复出现，请只保留一个。",
            )
        values.append(value)
    return tuple(values)
