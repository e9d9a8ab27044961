"""What sequences begin with is shared where it pays, and nothing is lost or doubled."""

from hypothesis import given
from hypothesis import strategies as st

from benchharness.tokens.prefix_tree import group_by_prefix

SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12), max_size=12)


def computed(sequences: list[list[int]], worth: int) -> int:
    """Count the tokens that are computed: each group's beyond its parent's, and what its members add."""
    groups = group_by_prefix(sequences, worth)
    prefixes = sum(len(g.tokens) - len(groups[g.parent].tokens) for g in groups if g.parent is not None)
    return prefixes + sum(len(sequences[i]) - len(group.tokens) for group in groups for i in group.members)


@given(SEQUENCES, st.integers(1, 8))
def test_every_sequence_stands_once_under_a_prefix_that_it_begins_with(sequences: list[list[int]], worth: int) -> None:
    groups = group_by_prefix(sequences, worth)
    assert sorted(index for group in groups for index in group.members) == list(range(len(sequences)))
    assert groups[0].tokens == ()
    assert groups[0].parent is None
    for number, group in enumerate(groups):
        for index in group.members:
            assert tuple(sequences[index][: len(group.tokens)]) == group.tokens
            assert len(sequences[index]) > len(group.tokens)
        if number:
            assert group.parent is not None
            assert group.parent < number
            above = groups[group.parent].tokens
            assert len(group.tokens) > len(above)
            assert group.tokens[: len(above)] == above


@given(SEQUENCES, st.integers(1, 8))
def test_sharing_never_costs_tokens_and_a_lower_bar_never_saves_fewer(sequences: list[list[int]], worth: int) -> None:
    asked = sum(map(len, sequences))
    assert computed(sequences, 1) <= computed(sequences, worth) <= asked
    assert computed(sequences, 10**6) == asked


@given(SEQUENCES)
def test_a_bar_of_one_token_leaves_what_the_tree_itself_has(sequences: list[list[int]]) -> None:
    # Each sequence keeps a last token of its own; before it, every distinct beginning is computed once.
    beginnings = {tuple(sequence[:length]) for sequence in sequences for length in range(1, len(sequence))}
    assert computed(sequences, 1) <= len(beginnings) + sum(map(len, sequences)) - sum(len(s) - 1 for s in sequences)


def test_examples_of_a_subject_and_a_passage_below_them_are_two_prefixes() -> None:
    shots, passage = [7] * 100, [8] * 50
    questions = [[*shots, *passage, 1, n] for n in range(3)] + [[*shots, 2, n, 9] for n in range(2)]
    groups = group_by_prefix(questions, 32)
    assert [len(group.tokens) for group in groups] == [0, 100, 151]
    assert [group.parent for group in groups] == [None, 0, 1]
    assert [sorted(group.members) for group in groups] == [[], [3, 4], [0, 1, 2]]


def test_what_saves_too_little_is_not_computed_apart() -> None:
    sequences = [[1] * 20 + [n] for n in range(2, 4)]
    assert len(group_by_prefix(sequences, 21)) == 1
    assert len(group_by_prefix(sequences, 20)) == 2
