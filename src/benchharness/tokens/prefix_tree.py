"""The prefix tree of token sequences: what several of them begin with need be computed only once."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

WORTH = 32
"""Tokens that a prefix must save to be computed apart: about what a step of its own costs. Plan and backends share it,
so that what is planned is what is computed."""

WINDOW = 256
"""Requests among which a backend looks for prefixes at a time; the plan counts with the same."""


class PrefixGroup(NamedTuple):
    """Sequences that are computed on top of one shared prefix.

    Attributes:
        tokens: the prefix, from the beginning of the sequences; empty for those that share nothing.
        parent: index, among the groups, of the group whose prefix this one's begins with; ``None`` at the root.
        members: indices of the sequences that are continued from here, in lexicographic order.
    """

    tokens: tuple[int, ...]
    parent: int | None
    members: tuple[int, ...]


def group_by_prefix(sequences: Sequence[Sequence[int]], worth: int = WORTH) -> list[PrefixGroup]:
    """Group sequences by the prefixes that are worth computing apart.

    A prefix is worth it if sharing it saves at least ``worth`` tokens: those it is longer than its parent's, times
    the sequences below it less one. Every sequence is a member of exactly one group, the deepest that it begins
    with, and is longer than that group's prefix by at least one token, since a model's prediction is read from
    the last token.

    Args:
        sequences: token ids; none empty.
        worth: in tokens, at least 1. Computing a prefix apart costs a step of its own.

    Returns:
        The groups, each after its parent; the first is the root, whose prefix is empty.
    """
    order = sorted(range(len(sequences)), key=lambda index: tuple(sequences[index]))
    groups: list[tuple[tuple[int, ...], int | None, list[int]]] = [((), None, [])]
    # Ranges of `order` still to be placed, with the group that they hang on.
    waiting = [(0, len(order), 0)] if order else []
    while waiting:
        begin, end, parent = waiting.pop()
        if end - begin == 1:
            groups[parent][2].append(order[begin])
            continue
        shared = _shared_length(sequences[order[begin]], sequences[order[end - 1]])
        if (end - begin - 1) * (shared - len(groups[parent][0])) >= worth:
            groups.append((tuple(sequences[order[begin]][:shared]), parent, []))
            parent = len(groups) - 1
        # Sequences of which nothing more can be shared come first, as the shortest of their kind.
        while begin < end and len(sequences[order[begin]]) == shared + 1:
            groups[parent][2].append(order[begin])
            begin += 1
        waiting.extend((*part, parent) for part in _split(sequences, order, begin, end, shared))
    return [PrefixGroup(tokens, parent, tuple(members)) for tokens, parent, members in groups]


def _shared_length(first: Sequence[int], last: Sequence[int]) -> int:
    """Return the length of the prefix of two sequences, one token short of either's end at the most.

    In a sorted range the first and the last share what all of them share.
    """
    most = min(len(first), len(last)) - 1
    return next((index for index in range(most) if first[index] != last[index]), most)


def _split(
    sequences: Sequence[Sequence[int]], order: Sequence[int], begin: int, end: int, depth: int
) -> Iterator[tuple[int, int]]:
    """Split a sorted range by the token at ``depth``."""
    position = begin
    for _, run in groupby(order[begin:end], key=lambda index: sequences[index][depth]):
        length = sum(1 for _ in run)
        yield position, position + length
        position += length
