import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.code_blocks import extract_code, fenced_blocks

F = "def f(x):\n    return x + 1\n"


def read(text: str, function: str = "f", whole_only: bool = False) -> tuple[str, str] | None:
    """The code that was read, and the rule that found it."""
    found = extract_code(text, function, whole_only=whole_only)
    return None if found is None else (found.value.strip(), found.rule)


@pytest.mark.parametrize(
    "text",
    [
        f"```python\n{F}```",
        f"```py\n{F}```",
        f"```Python3\n{F}```",
        f"``` python\n{F}```",
        f'```python title="f.py"\n{F}```',
        f"```{{.python}}\n{F}```",
        f"```\n{F}```",
        f"~~~\n{F}~~~",
        f"~~~python\n{F}~~~~~",
        f"````python\n{F}````",
        f"```python\r\n{F}```\r\n",
        f"代码如下：\n\n```python\n{F}```\n\n其中x为整数。",
        f"```bash\npip install f\n```\n```python\n{F}```\n```text\n2\n```",
        f"```json\n{{}}\n```\n{F}",
    ],
)
def test_code_is_found_by_its_fence(text: str) -> None:
    found = extract_code(text, "f")
    assert found is not None
    assert found.value.strip() == F.strip()
    assert text[found.start : found.end].strip() == F.strip()


def test_a_block_in_a_list_loses_the_indentation_of_its_fence() -> None:
    assert read("1. 代码：\n\n   ```python\n   def f(x):\n       return x + 1\n   ```\n") == (F.strip(), "fence")


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    code = 'def f(x):\n    """\n```\nf(1)\n```\n    """\n    return x + 1'
    assert read(f"````python\n{code}\n````") == (code, "fence")


@pytest.mark.parametrize(
    "usage", ["print(f(1))", "f(1)  # 2", ">>> f(1)\n2", "assert f(1) == 2", "x = f(1)", "class Test:\n    pass"]
)
def test_a_block_that_only_uses_the_function_is_passed_over(usage: str) -> None:
    assert read(f"```python\n{F}```\n用法示例：\n```python\n{usage}\n```") == (F.strip(), "fence")


def test_the_last_definition_counts() -> None:
    text = f"First try:\n```python\ndef f(x):\n    return 0\n```\nThat is wrong. Better:\n```python\n{F}```"
    assert read(text) == (F.strip(), "fence")


def test_a_definition_may_be_an_assignment_or_an_import() -> None:
    for code in ("f = lambda x: x + 1", "from math import sqrt as f", "async def f(x):\n    return x"):
        assert read(f"```python\n{code}\n```") == (code, "fence")


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        (["import math", "def f(x):\n    return math.pi"], "import math\n\ndef f(x):\n    return math.pi"),
        (["def g():\n    pass", "def f(x):\n    return g()"], "def g():\n    pass\n\ndef f(x):\n    return g()"),
        (["def f(x):\n    return g()", "def g():\n    pass"], "def f(x):\n    return g()\n\ndef g():\n    pass"),
        (
            ["import math", "def g():\n    return math.pi", "def f(x):\n    return g()"],
            "import math\n\ndef g():\n    return math.pi\n\ndef f(x):\n    return g()",
        ),
        (["g = 1", "g = 2", "def f(x):\n    return g", "g = 3"], "g = 2\n\ndef f(x):\n    return g"),
        (["math = 1", "import math\ndef f(x):\n    return math.pi"], "import math\ndef f(x):\n    return math.pi"),
        (["x = 1", "def f(x):\n    return x"], "def f(x):\n    return x"),
        (["len = 1", "def f(x):\n    return len(x)"], "def f(x):\n    return len(x)"),
        (["print(1)", "def f(x):\n    return x"], "def f(x):\n    return x"),
    ],
)
def test_what_a_block_needs_comes_from_others(blocks: list[str], code: str) -> None:
    text = "\n".join(f"步骤：\n```python\n{block}\n```" for block in blocks)
    assert read(text) == (code, "fence")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (F, F),
        (f"好的，代码如下：\n\n{F}\n以上。", F),
        (f"Here is the code.\n{F}\nExplanation\nIt adds one (1).\nNote (short)\nDone", F),
        (f"import math\n\n# 加一\n{F}", f"import math\n\n# 加一\n{F}"),
        ("def f(\n    x,\n):\n    if x:\n        return 1\n    else:\n        return 2", None),
        ("@cache\ndef f(x):\n    return x", None),
        ('def f(x):\n    """One.\n\nAt the margin.\n"""\n    return x', None),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n\ndef f(x):\n    return a", None),
        ("总数 = 3\n\ndef f(x):\n    return 总数", None),
        ("class A:\n    pass\n\nf = A()\n说明：A是类。", "class A:\n    pass\n\nf = A()"),
        ("result: int\ndef f(x):\n    return x\nresult: int", "def f(x):\n    return x"),
    ],
)
def test_without_a_fence_it_is_the_statements(text: str, code: str | None) -> None:
    assert read(text) == ((code or text).strip(), "bare")


def test_without_a_fence_the_longest_definition_counts() -> None:
    text = "def f(x): ...\n是函数的签名。\n" + F + "写完了。"
    assert read(text) == (F.strip(), "bare")


def test_without_a_fence_an_import_may_stand_apart() -> None:
    assert read("import math\n然后：\ndef f(x):\n    return math.pi\n") == (
        "import math\n\ndef f(x):\n    return math.pi",
        "bare",
    )


@pytest.mark.parametrize(
    "code",
    ["def g(x):\n    return x", "def f(x)：\n    return x", "def f(x):\nreturn x", "return x + 1", "x ＋ 1", "..."],
)
def test_a_block_that_does_not_define_it_is_a_wrong_answer(code: str) -> None:
    assert read(f"```python\n{code}\n```") == (code, "other")


@pytest.mark.parametrize("text", ["", "不会", "f(x) = x + 1", "```java\nint f;\n```", "```\n```", "def f(x)：", "```"])
def test_a_text_without_code_gives_none(text: str) -> None:
    assert read(text) is None
    assert read(text, whole_only=True) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"```python\n{F}", F),
        (f"```python\n{F}这样就完成了。", F),
        (f"```python\n{F}\nThat is all, folks!\nBye.", F),
        ("```python\ndef f(x):\n    return (x", "def f(x):\n    return (x"),
    ],
)
def test_a_fence_that_was_forgotten_ends_with_the_code(text: str, code: str) -> None:
    found = read(text)
    assert found is not None
    assert found[0] == code.strip()
    assert read(text, whole_only=True) is None


def test_of_a_torn_answer_a_whole_block_counts() -> None:
    assert read(f"```python\n{F}```\n```python\nprint(f(", whole_only=True) == (F.strip(), "fence")
    assert read(F, whole_only=True) is None


def test_fences_tell_where_they_are() -> None:
    text = f"一\n```python\n{F}```\n二\n~~~\nx = 1\n"
    blocks = fenced_blocks(text)
    assert [(block.code, block.closed) for block in blocks] == [(F, True), ("x = 1\n", False)]
    assert [text[block.start : block.end] for block in blocks] == [F, "x = 1\n"]


HARD_TO_PARSE = [
    "(" * 5000,
    "-" * 90_000 + "1",
    "not " * 20_000 + "1",
    "a" + ".b" * 40_000,
    "1" + "+1" * 40_000,
    "lambda:" * 10_000 + "1",
    "x=" * 40_000 + "1",
    "\x00",
    "@a\n" * 20_000 + "def f(): pass",
    "if 1: pass\n" + "elif 1: pass\n" * 5_000,
    "x = '" + "a" * 200_000 + "'\ndef f(): pass",
]


@pytest.mark.parametrize("code", HARD_TO_PARSE, ids=range(len(HARD_TO_PARSE)))
def test_code_that_is_hard_to_parse_does_no_harm(code: str) -> None:
    for text in (code, f"```python\n{code}\n```", f"```python\n{code}"):
        found = extract_code(text, "f")
        assert found is None or 0 <= found.start <= found.end <= len(text)


PIECES = st.sampled_from(
    [
        *("```", "```python", "~~~", "def f(x):", "    return x", "    ", "import math", "math.pi", "说明：", "note"),
        *("x = (", ")", '"""', "else:", "@a", "# a", "", "\r", "print(f(1))"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=14).map("\n".join), st.booleans())
def test_any_text_can_be_read(text: str, whole_only: bool) -> None:
    found = extract_code(text, "f", whole_only=whole_only)
    if found is not None:
        assert 0 <= found.start <= found.end <= len(text)
        assert found.value.strip()
    if found is not None and found.rule == "bare":
        assert not whole_only
        ast.parse(found.value)
