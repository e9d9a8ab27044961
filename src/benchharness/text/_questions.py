"""Where a text goes on to questions of its own."""

import re

_WHO = r"问题|题目|下一题|例题|用户|\b(?:next question|question|problem|user|human|Q)"
QUESTION = re.compile(rf"^[ \t#*]*(?:(?:{_WHO})[ \t*]*[:：]|<\|)", re.IGNORECASE | re.MULTILINE)
NUMBERED_QUESTION = re.compile(
    rf"{QUESTION.pattern}"
    rf"|^[ \t#*]*(?:(?:{_WHO})[ \t]*[0-9]+|第[ \t]?[0-9一二三四五六七八九十]+[ \t]?题)[ \t*]*[:：.、]",
    re.IGNORECASE | re.MULTILINE,
)


def end_of_answer(text: str, question: re.Pattern[str] = QUESTION) -> int:
    """Return where ``text`` stops answering: at the second question, or at the first if something stands before it.

    Models that were not tuned to stop go on with a question, its answer, the next question.

    Args:
        text: an answer.
        question: how a question begins. Numbered ones may also be the steps into which a model divides a calculation;
            where that can be, they end nothing.
    """
    for match in question.finditer(text):
        if text[: match.start()].strip():
            return match.start()
    return len(text)
