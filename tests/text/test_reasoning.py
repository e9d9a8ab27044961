import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.reasoning import REASONING_TAGS, split_reasoning


@pytest.mark.parametrize(
    ("text", "open_at_start", "reasoning", "answer", "closed"),
    [
        ("7", False, None, "7", True),
        ("", False, None, "", True),
        ("<think>3+4</think>7", False, "3+4", "7", True),
        ("<think>\n3+4\n</think>\n\n答案是7。", False, "\n3+4\n", "\n\n答案是7。", True),
        ("<think>\n\n</think>\n\n7", False, "\n\n", "\n\n7", True),
        ("<think></think>7", False, "", "7", True),
        ("<think>3+4", False, "3+4", "", False),
        ("<think>", False, "", "", False),
        ("3+4</think>7", False, "3+4", "7", True),
        ("3+4</think>7", True, "3+4", "7", True),
        ("3+4", True, "3+4", "", False),
        ("", True, "", "", False),
        ("</think>7", True, "", "7", True),
        ("<think>3+4</think>7", True, "3+4", "7", True),
        ("\n<think>3+4</think>7", True, "\n3+4", "7", True),
        ("I may write <think> here</think>7", True, "I may write <think> here", "7", True),
        ("<think>a</think>b<think>c</think>d", False, "ac", "bd", True),
        ("<think>a</think>b<think>c", False, "ac", "b", False),
        ("<think>a <think> b</think>c", False, "a <think> b", "c", True),
        ("<think>a</thinking>b</think>c", False, "a</thinking>b", "c", True),
        ("a</think>b</think>c", False, "ab", "c", True),
        ("<thinking>a</thinking>b", False, "a", "b", True),
        ("<|begin_of_thought|>a<|end_of_thought|>b", False, "a", "b", True),
        ("[THINK]a[/THINK]b", False, "a", "b", True),
        ("◁think▷a◁/think▷b", False, "a", "b", True),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b",
            False,
            "a",
            "b",
            True,
        ),
    ],
)
def test_thought_and_answer_are_told_apart(
    text: str, open_at_start: bool, reasoning: str | None, answer: str, closed: bool
) -> None:
    split = split_reasoning(text, open_at_start)
    assert (split.reasoning, split.answer, split.closed) == (reasoning, answer, closed)


TAGS = [tag for pair in REASONING_TAGS for tag in pair]


@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=5), max_size=10).map("".join), st.booleans())
def test_nothing_is_lost(text: str, open_at_start: bool) -> None:
    split = split_reasoning(text, open_at_start)
    assert "".join(part.text for part in split.parts) == text
    assert split.closed or split.reasoning is not None


@given(st.text(alphabet="答案 ab<7\n"), st.text(alphabet="答案 ab<7\n"), st.sampled_from(REASONING_TAGS))
def test_every_pair_of_tags_is_known(thought: str, answer: str, tags: tuple[str, str]) -> None:
    opening, closing = tags
    split = split_reasoning(opening + thought + closing + answer)
    assert (split.reasoning, split.answer, split.closed) == (thought, answer, True)
    continued = split_reasoning(thought + closing + answer, open_at_start=True)
    assert (continued.reasoning, continued.answer, continued.closed) == (thought, answer, True)
