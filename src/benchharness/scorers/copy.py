"""Copy: a passage is written out again, word for word."""

import re
from collections.abc import Mapping

from rapidfuzz.distance import Levenshtein

from benchharness.records import Extraction, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.width import normalise

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | dict.fromkeys("‘’`", "'"))
_SPACE = re.compile(r"\s+")
_HAN = r"\u3000-\u303f\u3400-\u9fff"
_LABEL = re.compile(r"\W*(?:答案|回答|answer)\W*:[\s*]*", re.IGNORECASE)
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")


def score(sample: Sample) -> Score:
    """Mark an answer by 1 − the edit distance to the passage, in characters, over the length of the passage.

    Never below 0. The distance is Levenshtein's (1966): the fewest characters to insert, delete or replace. Width,
    the shape of quotation marks, runs of white space, and spaces beside Chinese characters make no difference; script
    and case do. Of what is said before the copy, only “Answer:” or 答案： is passed over; the rest costs its length, as
    does what is said after it.

    ``detail``: ``exact``, 1 if nothing differs; ``distance``, in characters; ``length`` of the passage.

    Args:
        sample: a ``generate`` response; its item's target has a list with one reference under each language: a list of
            the passage, and of other versions of it that are accepted. The item's own language counts.

    Raises:
        ValueError: if the target is none such.
    """
    passages = [_comparable(passage) for passage in _passages(sample.item)]
    raw = sample.response.text
    answer = _comparable(raw)
    label = _LABEL.match(answer)
    if label is not None and not any(_LABEL.match(passage) for passage in passages):
        answer = answer[label.end() :]
    if not any(char.isalnum() for char in answer):
        return Score(0.0, Outcome.UNPARSED)
    distances = [Levenshtein.distance(answer, passage) for passage in passages]
    shares = [distance / len(passage) for distance, passage in zip(distances, passages, strict=True)]
    nearest = min(range(len(shares)), key=shares.__getitem__)
    start = len(raw) - len(raw.lstrip())
    extraction = Extraction(raw.strip(), "whole", start, start + len(raw.strip()))
    detail = {
        "exact": float(distances[nearest] == 0),
        "distance": float(distances[nearest]),
        "length": float(len(passages[nearest])),
    }
    return Score(max(0.0, 1 - shares[nearest]), Outcome.SCORED, raw.strip(), extraction, detail)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it has not one passage under the item's language, or one without words.
    """
    _passages(item)


def _passages(item: Item) -> list[str]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no passage under {item.language.value!r}: {target!r}")
    for language in Language:
        if language.value in target:
            _check_passages(target[language.value])
    return list(target[item.language.value][0])


def _check_passages(references: object) -> None:
    if not isinstance(references, list | tuple) or len(references) != 1:
        raise ValueError(f"not a list of one passage: {references!r}")
    (passages,) = references
    if not isinstance(passages, list | tuple) or not passages:
        raise ValueError(f"not a list of versions of a passage: {passages!r}")
    for passage in passages:
        if not isinstance(passage, str) or not any(char.isalnum() for char in passage):
            raise ValueError(f"not a passage in words: {passage!r}")


def _comparable(text: str) -> str:
    folded = normalise(text, simplify=False).text.translate(_QUOTES)
    return _BESIDE_HAN.sub("", _SPACE.sub(" ", folded).strip())
