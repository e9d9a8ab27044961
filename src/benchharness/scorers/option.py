"""Option: the option an answer chooses, by letter, by its text or by reasoning that leaves one."""

from collections.abc import Sequence

from benchharness.records import FinishReason, Item, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.options import ALPHABET, extract_option


def score(sample: Sample) -> Score:
    """Mark the option, or the set of options, that the answer chooses against the target.

    A set is right if it is exactly the target's; one that is read for an item with a single right option is wrong,
    not unparsed. Of an answer that was cut off at the token limit only a declared choice counts.

    Args:
        sample: a ``generate`` response; its item has options, and its target is a letter or a list of letters.

    Raises:
        ValueError: if the item has no options, or its target is none of them.
    """
    target = _target(sample.item)
    found = extract_option(
        sample.response.text,
        len(sample.item.options),
        sample.item.options,
        cut_off=sample.response.finish_reason is FinishReason.LENGTH,
    )
    if found is None:
        return Score(0.0, Outcome.UNPARSED)
    chosen = frozenset(found.value)
    return Score(float(chosen == target), Outcome.SCORED, parsed="".join(sorted(chosen)), extraction=found)


def check(item: Item) -> None:
    """Check that the target of an item is one of its options, or several in order.

    Raises:
        ValueError: if it is not, or the item has fewer than two options.
    """
    _target(item)


def _target(item: Item) -> frozenset[str]:
    target = item.target
    if not 2 <= len(item.options) <= len(ALPHABET):
        raise ValueError(f"an item needs 2 to {len(ALPHABET)} options, not {len(item.options)}")
    letters = [target] if isinstance(target, str) else target
    known = ALPHABET[: len(item.options)]
    if not isinstance(letters, Sequence) or not letters or any(letter not in list(known) for letter in letters):
        raise ValueError(f"not an option of {known}: {target!r}")
    if sorted(set(letters)) != list(letters):
        raise ValueError(f"letters must be in order and different: {target!r}")
    return frozenset(letters)
