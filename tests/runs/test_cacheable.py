"""What a cache can have held: never less than any honest cache serves."""

from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Language, Prompt, Request, RequestKind
from benchharness.runs.cacheable import most_cacheable, shared_length

PROMPTS = st.lists(st.lists(st.integers(0, 2), max_size=6).map(tuple), max_size=8)


def request(tokens: tuple[int, ...], kind: RequestKind = RequestKind.GENERATE) -> Request:
    return Request("k", "t", "i", Language.EN, kind, Prompt((), (), tokens, ()))


def plainly_shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_the_shared_length_is_what_counting_finds(one: list[int], other: list[int]) -> None:
    assert shared_length(tuple(one), tuple(other)) == plainly_shared(tuple(one), tuple(other))


@given(PROMPTS)
def test_each_prompt_counts_as_far_as_another_begins_like_it(prompts: list[tuple[int, ...]]) -> None:
    expected = sum(
        max((plainly_shared(one, other) for j, other in enumerate(prompts) if j != i), default=0)
        for i, one in enumerate(prompts)
    )
    assert most_cacheable(map(request, prompts)) == expected


@given(PROMPTS)
def test_a_cache_that_is_empty_at_first_never_serves_more(prompts: list[tuple[int, ...]]) -> None:
    served = 0
    held: list[tuple[int, ...]] = []
    for prompt in prompts:
        served += max((plainly_shared(prompt, other) for other in held), default=0)
        held.append(prompt)
    assert served <= most_cacheable(map(request, prompts))


def test_a_choice_counts_only_as_what_others_begin_with() -> None:
    pair = [request((1, 2, 3)), request((1, 2, 4), RequestKind.CHOOSE)]
    assert most_cacheable(pair) == 2
    assert most_cacheable([pair[1], pair[1]]) == 0
