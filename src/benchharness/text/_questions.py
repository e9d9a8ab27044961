"""Where a text goes on to questions of its own."""

import re

QUESTION = re.compile(
    r"^[ \t#*]*(?:(?:问题|题目|下一题|例题|用户|\b(?:next question|question|problem|user|human"
    r"|Q))[ \t]*[0-9]*[ \t*]*[:：.、]"
    r"|第[ \t]?[0-9一二三四五六七八九十]+[ \t]?题[ \t]*(?:[:：.、]|$)|<\|)",
    re.IGNORECASE | re.MULTILINE,
)


def end_of_answer(text: str) -> int:
    """Return where ``text`` stops answering: at the second question, or at the first if something stands before it.

    Models that were not tuned to stop go on with a question, its answer, the next question.
    """
    for match in QUESTION.finditer(text):
        if text[: match.start()].strip():
            return match.start()
    return len(text)
