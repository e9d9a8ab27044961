"""The answer-reading rules of other harnesses, stated anew from their public code; each is a plain function.

A reader gets a text, the number of options and the language, and returns letters, a number as text, or ``None``.
Where a harness has several rules, the one that its Chinese or English multiple-choice tasks use is taken.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

OptionReader: TypeAlias = Callable[[str, int, str], str | None]
NumberReader: TypeAlias = Callable[[str], str | None]


def _letters(count: int) -> str:
    return "".join(chr(ord("A") + position) for position in range(count))


def lm_eval_option(text: str, count: int, language: str) -> str | None:
    """lm-evaluation-harness, MMLU-Pro and MMLU-ProX: the first "answer is (B)" or 答案是 (B), with ASCII marks."""
    announced = "答案是" if language == "zh" else "answer is"
    found = re.search(rf"{announced} \(?([{_letters(count)}])\)?", text)
    return found[1] if found else None


# What OpenCompass looks for, in its order. The first that is found decides, wherever it stands in the text.
_ANNOUNCED = (
    "答案是?", "答案是?\\s?：", "答案是?\\s?:", "答案应该?是", "答案应该?选", "答案为", "答案选", "选择?", "只有选?项?",
    "说法不?对选?项?的?是", "说法不?正确选?项?的?是", "说法错误选?项?的?是",
)  # fmt: skip
_FOLLOWED = ("是正确的", "是正确答案")
_ENGLISH = (
    "answer is",
    "answer is option",
    "correct answer is",
    "correct answer is option",
    "answer to the question is",
)


def opencompass_option(text: str, count: int, language: str) -> str | None:
    """OpenCompass, ``first_option_postprocess``: a letter announced, one that ends a clause, else the first."""
    letters = _letters(count)
    rules = [rf"{words}\s?[{letters}]" for words in _ANNOUNCED]
    rules += [rf"[{letters}]\s?{words}" for words in _FOLLOWED]
    rules += [rf"选项\s?[{letters}]\s?正确", rf"所以答\s?[{letters}]", rf"1.\s?[{letters}][.。]?$"]
    rules += [rf"所[以有]\s?[{letters}][.。]?$", rf"[\s，：:,][{letters}][。，,.]?$"]
    rules += [rf"[\s，,：:](?:[故即]|因此)[{letters}][。.]?$", rf"(?:[是为。]|因此|显然)\s?[{letters}][。.]?$"]
    rules += [r"答案(?:应该)?[是为]\s?\S+(?:。|$)", *(rf"[Tt]he {words} [{letters}]" for words in _ENGLISH)]
    rules += [rf"^选项\s?[{letters}]", rf"^[{letters}]\s?选?项", rf"(?:\s|^)[{letters}](?:[\s。，,：:.]|$)"]
    rules += [rf"[{letters}]:", rf"[{letters}]"]
    for rule in rules:
        found = re.search(rule, text)
        named = [letter for letter in letters if found and letter in found.group()]
        if named:
            return named[0]
    return None


def opencompass_first_capital(text: str, count: int, language: str) -> str | None:
    """OpenCompass, ``first_capital_postprocess``: the first capital letter of the text."""
    return next((character for character in text if character.isupper()), None)


def inspect_option(text: str, count: int, language: str) -> str | None:
    """Inspect, ``multiple_choice``: letters after the first "ANSWER:" with an ASCII colon, in either case."""
    found = re.search(r"(?i)answer\s*:\s*([a-z ,]+)(?:\W|$)", text)
    named = re.sub(r"[ ,]", "", found[1]).upper() if found else ""
    return named if named and set(named) <= set(_letters(count)) else None


def evalscope_option(text: str, count: int, language: str) -> str | None:
    """EvalScope: labels after the last "ANSWER:" (in Chinese 答案：) that has any, else the last capital letter."""
    letters = set(_letters(count))
    marker = r"答案\s*[:：]\s*\**\s*" if language == "zh" else r"(?i:answer)\s*:\s*\**\s*"
    for announced in reversed(list(re.finditer(marker, text))):
        label = re.match(r"[(\[（【]?\s*([A-Za-z0-9](?:[ ,，]*[A-Za-z0-9])*)", text[announced.end() :])
        words = re.findall(r"[A-Za-z0-9]+", label[1]) if label else []
        named = ""
        for word in words:
            if not set(word) <= letters:
                break
            named += word
        if named:
            return named
    last = next((character for character in reversed(text) if character.isupper()), None)
    return last if last in letters else None


def lm_eval_number(text: str) -> str | None:
    """lm-evaluation-harness, GSM8K and MGSM, ``flexible-extract``: the last run of digits, commas and stops."""
    found = re.findall(r"-?[$0-9.,]{2,}|-?[0-9]+", text)
    return re.sub(r"[,$]|\.$", "", found[-1]) or None if found else None


def opencompass_number(text: str) -> str | None:
    """OpenCompass, GSM8K and MGSM: the last number in ASCII digits."""
    found = re.findall(r"-?\d+\.\d+|-?\d+", text, re.ASCII)
    return found[-1] if found else None


def math6_number(text: str) -> str | None:
    """SuperCLUE-Math6: the first 【digits】, else the last integer."""
    found = re.search(r"【(\d+)】", text) or re.search(r"(\d+)\D*$", text)
    return found[1] if found else None


def math_verify_number(text: str) -> str | None:
    """math-verify on the whole text, as it is used without a step before it."""
    from math_verify import parse

    parsed = parse(text, parsing_timeout=None)
    return str(parsed[0]) if parsed else None


OPTIONS: Sequence[tuple[str, OptionReader]] = (
    ("lm-evaluation-harness", lm_eval_option),
    ("OpenCompass, first option", opencompass_option),
    ("OpenCompass, first capital", opencompass_first_capital),
    ("Inspect", inspect_option),
    ("EvalScope", evalscope_option),
)
NUMBERS: Sequence[tuple[str, NumberReader]] = (
    ("lm-evaluation-harness, flexible", lm_eval_number),
    ("OpenCompass", opencompass_number),
    ("SuperCLUE-Math6", math6_number),
    ("math-verify alone", math_verify_number),
)
