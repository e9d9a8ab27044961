"""What part of a text answers our question: not another question, nor the options copied out."""

import re

from benchharness.text._options_wording import Wordings
from benchharness.text._questions import NUMBERED_QUESTION, end_of_answer

_MARKER = r"(?<![A-Za-z0-9])[(\[]?{}[)\].:、]{{0,2}}[ \t]*"
_BETWEEN = re.compile(r"[\s,;。.、|()-]{0,12}")


def own_part(page: str, labels: str, wordings: Wordings) -> str:
    """Blank what is not an answer to our question, position by position.

    A next question that the model goes on to ask itself ends the answer. Where the text begins with a question,
    it is ours only if our options stand below it. Options that are copied out, all in order and with nothing
    between, choose none.

    Args:
        page: a folded and plain text.
        labels: the letters of the question.
        wordings: what its options say.
    """
    end = end_of_answer(page, NUMBERED_QUESTION)
    first = NUMBERED_QUESTION.search(page, 0, end)
    if first is not None and not page[: first.start()].strip() and not _repeats_ours(page[first.end() : end], wordings):
        return " " * len(page)
    page = page[:end] + " " * (len(page) - end)
    return _without_echo(page, labels, wordings)


def _repeats_ours(question: str, wordings: Wordings) -> bool:
    said = {wording.label for wording in wordings.find_all(question)}
    return 2 * len(said) >= max(2, len(wordings.texts))


def _without_echo(page: str, labels: str, wordings: Wordings) -> str:
    if not wordings.texts:
        return page
    for first in list(re.finditer(_MARKER.format(labels[0]), page)):
        place = first.start()
        for label in labels:
            marker = re.compile(_MARKER.format(label)).match(page, place)
            wording = wordings.at(page, marker.end()) if marker else None
            if wording is None or wording.label != label:
                break
            between = _BETWEEN.match(page, wording.end)
            place = between.end() if between else wording.end
        else:
            page = page[: first.start()] + re.sub(r"[^\n]", " ", page[first.start() : place]) + page[place:]
    return page
