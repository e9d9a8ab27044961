r"""Where a text can be cut so that its parts, encoded apart, are exactly the tokens of the whole.

A fast tokenizer normalises a text, splits it at its added tokens, splits the rest into words by regular expressions
that are matched from left to right, and encodes every word by itself. At an end of a line, the expressions of the
byte-level tokenizers named here begin a word wherever they are in the text and whatever follows:

- GPT-2's: no alternative takes a line end after anything but white space, so that one which follows something else
  begins a word. The cut is before it.
- cl100k's and those made from it: ``[\r\n]*`` after punctuation and ``\s*[\r\n]+`` take all of the white space up to
  its last line end, and no alternative goes on from a line end to a letter or digit. So a letter or digit at the
  beginning of a line begins a word. The cut is before it. (o200k's also takes slashes after punctuation and line end.)

None of them looks behind, and what they look ahead to is not beyond the cut. Steps that only set digits or Chinese
characters apart match no line end and leave this as it is. Neither does NFC compose anything with a line end.

The expressions are those of the published tokenizers: `tokenizer.json` of openai-community/gpt2, Qwen/Qwen3-0.6B,
Qwen/Qwen3.5-9B, meta-llama/Llama-3.2-1B-Instruct, zai-org/glm-4-9b-chat-hf, openai/gpt-oss-20b,
mistralai's Tekken and deepseek-ai/DeepSeek-V3.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

BEFORE_LINE_END = re.compile(r"(?<=\S)(?=\n)")
AFTER_LINE_END = re.compile("(?<=\n)(?=[0-9A-Za-z<\u4e00-\u9fff])")

_CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_SPACE = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_CL100K = _CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|" + _SPACE
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+%s|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*%s"
    rf"|%s| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACE}"
)
_WORDS = {
    *(_CL100K % digits for digits in (r"\p{N}", r"\p{N}{1,3}", r"\p{N}+")),
    # Qwen3.5
    _CONTRACTION + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + _SPACE,
    _O200K % (f"{_CONTRACTION}?", f"{_CONTRACTION}?", r"\p{N}{1,3}"),
    # Tekken
    _O200K % ("", "", r"\p{N}"),
    # DeepSeek-V3, which has the line ends themselves in its classes
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
}
_APART = {r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+"}


def find_line_cut(backend: Any) -> re.Pattern[str] | None:
    """Return what matches, with length 0, where a text can be cut; ``None`` where that is not known to be exact.

    It is not for SentencePiece-like tokenizers, whose words know no lines, for those that put a space before a text,
    for normalizers other than NFC, for added tokens that take white space beside them, and where chance has a part.

    Args:
        backend: a ``tokenizers.Tokenizer``.
    """
    added = backend.get_added_tokens_decoder().values()
    if any(token.lstrip or token.rstrip or token.single_word or "\n" in token.content for token in added):
        return None
    normalizer = _state(backend.normalizer)
    if (normalizer and normalizer["type"] != "NFC") or getattr(backend.model, "dropout", None):
        return None
    steps = _steps(_state(backend.pre_tokenizer))
    while steps and _sets_apart(steps[0]):
        steps = steps[1:]
    if len(steps) == 1 and _is_byte_level(steps[0], use_regex=True):
        return BEFORE_LINE_END
    if len(steps) == 2 and _splits_by(steps[0], _WORDS) and _is_byte_level(steps[1], use_regex=False):
        return AFTER_LINE_END
    return None


def _state(part: Any) -> Mapping[str, Any]:
    """Return a part of a tokenizer as ``tokenizer.json`` has it; empty if there is none."""
    state: Mapping[str, Any] = json.loads(part.__getstate__()) if part is not None else {}
    return state


def _steps(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if not state:
        return []
    return list(state["pretokenizers"]) if state["type"] == "Sequence" else [state]


def _sets_apart(step: Mapping[str, Any]) -> bool:
    return step["type"] == "Digits" or _splits_by(step, _APART)


def _splits_by(step: Mapping[str, Any], expressions: set[str]) -> bool:
    # What is left when all that does not match is removed is the same as all matches apart, as these match everything.
    ways = {("Isolated", False), ("Removed", True)}
    if step["type"] != "Split" or (step["behavior"], step["invert"]) not in ways:
        return False
    return step["pattern"].get("Regex") in expressions


def _is_byte_level(step: Mapping[str, Any], *, use_regex: bool) -> bool:
    return step["type"] == "ByteLevel" and step["use_regex"] is use_regex and not step["add_prefix_space"]
