from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.scorers.base import Sample, find_scorer
from benchharness.scorers.code import check, same_value, score, share_passed

TARGET = {"function": "double", "tests": [[[2], 4], [[0], 0], [[-3], -6], [["ab"], "abab"]]}
RIGHT = "def double(x):\n    return x * 2\n"
FENCED = f"```python\n{RIGHT}```"


def mark(text: str, target: Any = TARGET, finish: FinishReason = FinishReason.STOP, **options: Any) -> Score:
    item = Item(id="1", language=Language.ZH, target=target, category="c", fields={})
    return score(Sample(item, Response("key", finish, text=text)), **options)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (FENCED, "fence"),
        (f"思路：乘以二即可。\n\n{FENCED}\n\n时间复杂度为O(1)。", "fence"),
        (f"Multiply by two.\n\n{FENCED}\n\nThis takes constant time.", "fence"),
        (f"下面是代码：\n{RIGHT}\n希望对你有帮助。", "bare"),
        (f"Here it is:\n{RIGHT}\nHope this helps.", "bare"),
        ("```python\ndef double(x):\n    return x * 2", "fence"),
    ],
)
def test_a_right_answer_is_read_in_both_languages_and_passes(text: str, rule: str) -> None:
    found = mark(text)
    assert (found.value, found.outcome, found.detail) == (1.0, Outcome.SCORED, {"passed": 1.0})
    assert found.parsed is not None
    assert found.parsed.strip() == RIGHT.strip()
    assert found.extraction is not None
    assert found.extraction.rule == rule
    assert text[found.extraction.start : found.extraction.end].strip() == RIGHT.strip()


@pytest.mark.parametrize(
    ("code", "share"),
    [
        ("def double(x):\n    return x + x if x != -3 else 0\n", 0.75),
        ("def double(x):\n    return x + 2\n", 0.25),
        ("def double(x):\n    return 4\n", 0.25),
        ("def double(x):\n    return None\n", 0.0),
        ("def double(x):\n    print(x * 2)\n", 0.0),
        ("def double(x)：\n    return x * 2\n", 0.0),
        ("def twice(x):\n    return x * 2\n", 0.0),
        ("def double(x):\n    raise SystemExit\n", 0.0),
    ],
)
def test_a_wrong_answer_is_scored_by_no_part_but_tells_its_share(code: str, share: float) -> None:
    found = mark(f"```python\n{code}```")
    assert (found.value, found.outcome, found.detail) == (0.0, Outcome.SCORED, {"passed": share})
    assert found.parsed is not None


@pytest.mark.parametrize(
    "text",
    ["我不会。", "I cannot do that.", "把x乘以2。", "```text\nx * 2\n```", "```c\nint f(int x);\n```", "```\n\n```"],
)
def test_an_answer_without_code_is_not_parsed(text: str) -> None:
    assert mark(text) == Score(0.0, Outcome.UNPARSED)


def test_of_an_answer_that_was_cut_off_only_a_whole_block_counts() -> None:
    whole = mark(f"{FENCED}\n这段代码", finish=FinishReason.LENGTH)
    assert whole.value == 1
    for torn in (FENCED.removesuffix("```"), RIGHT):
        assert mark(torn).value == 1
        assert mark(torn, finish=FinishReason.LENGTH) == Score(0.0, Outcome.UNPARSED)


def test_code_that_never_ends_is_wrong_and_bounded() -> None:
    assert mark("```python\ndef double(x):\n    while True:\n        pass\n```", timeout=1).value == 0


def test_code_may_use_only_so_much_memory() -> None:
    hungry = "```python\ndef double(x):\n    held = bytearray(200 * 2**20)\n    return x * 2\n```"
    assert mark(hungry).value == 1
    assert mark(hungry, memory=128).value == 0


def test_right_answers_stay_outside() -> None:
    """Code that returns everything it can find in its arguments, its module and the frames above it."""
    nosy = """
import gc

def double(x):
    found = [one for one in gc.get_objects() if isinstance(one, list) and one[:1] == ["secret answer"]]
    return found[0] if found else None
"""
    target = {"function": "double", "tests": [[[1], ["secret answer"]]]}
    assert mark(f"```python\n{nosy}```", target).value == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (True, True),
        (None, None),
        ("文", "文"),
        (1.0, 1),
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        (1e300 * (1 + 1e-12), 1e300),
        (1e-17, 0.0),
        ([], []),
        ([1, [2.0]], [1, [2]]),
        ({"a": [1], "b": None}, {"b": None, "a": [1]}),
        (10**400, 10**400),
    ],
)
def test_values_are_the_same(value: Any, expected: Any) -> None:
    assert same_value(value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, 1),
        (1, True),
        (0, False),
        (None, False),
        (None, 0),
        ("1", 1),
        (1, "1"),
        (10**12 + 0.5, 10**12),
        (1.0000001, 1.0),
        (0.3, 0.30001),
        (10**400, 1.5),
        ([], {}),
        ([], None),
        ("", []),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ("ab", ["a", "b"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": True}, {"a": 1}),
        (float("nan"), 1.0),
        (float("inf"), 1.0),
    ],
)
def test_values_differ(value: Any, expected: Any) -> None:
    assert not same_value(value, expected)


def test_only_what_was_returned_can_pass() -> None:
    results = [CallResult(status) for status in CallStatus]
    assert share_passed(results, [None] * len(results)) == 1 / len(results)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("double", "target must be"),
        ({"function": "f"}, "target must be"),
        ({**TARGET, "more": 1}, "target must be"),
        ({**TARGET, "function": "a b"}, "no name of a function"),
        ({**TARGET, "function": "def"}, "no name of a function"),
        ({**TARGET, "function": 7}, "no name of a function"),
        ({**TARGET, "tests": []}, "at least one"),
        ({**TARGET, "tests": {}}, "at least one"),
        ({**TARGET, "tests": [[[1], 2], [1, 2]]}, "number 2 must be"),
        ({**TARGET, "tests": [[[1]]]}, "number 1 must be"),
        ({**TARGET, "tests": [[[1], float("nan")]]}, "number 1 holds"),
        ({**TARGET, "tests": [[[1], {1}]]}, "number 1 holds"),
    ],
)
def test_a_malformed_target_is_an_error(target: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(Item(id="1", language=Language.EN, target=target, category="c", fields={}))
    with pytest.raises(ValueError, match=message):
        mark(FENCED, target)


def test_a_target_that_can_be_marked_passes_the_check() -> None:
    check(Item(id="1", language=Language.EN, target=TARGET, category="c", fields={}))


def test_it_is_found_by_name() -> None:
    entry = find_scorer("code", {"timeout": 5, "memory": 256}, "place")
    assert (entry.score, entry.check, entry.deferred) == (score, check, True)
