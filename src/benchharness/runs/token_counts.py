"""What a plan comes to in tokens: those asked, those that are computed where prefixes are shared, and the saving."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeAlias

from benchharness.records import Language, Request, RequestKind
from benchharness.runs.plan import Plan
from benchharness.text.script import character_count
from benchharness.tokens.prefix_tree import WINDOW, group_by_prefix

Part: TypeAlias = tuple[str, Language]
"""A task in one language."""


class TokenCount(NamedTuple):
    """What a part of a plan comes to, or several parts together.

    Attributes:
        items: number of items.
        too_long: how many of them do not fit the context. They are in no other count but ``longest``.
        asked_tokens: what is computed if every sequence is read whole; see ``asked_tokens``.
        computed_tokens: what is computed if prefixes are shared; see ``count_tokens``.
        characters: characters of all prompts and continuations.
        longest: tokens of the longest prompt.
        most_generated: most tokens that could be generated.
    """

    items: int
    too_long: int
    asked_tokens: int
    computed_tokens: int
    characters: int
    longest: int
    most_generated: int

    @property
    def saving(self) -> float | None:
        """How many times fewer tokens are computed than asked, at least 1; ``None`` if nothing is computed."""
        return self.asked_tokens / self.computed_tokens if self.computed_tokens else None


def asked_tokens(request: Request) -> int:
    """Return the tokens that are computed for ``request`` where every sequence is read whole.

    For ``generate``, and for ``choose`` among single tokens, that is the prompt once. Else it is, for each
    continuation, the prompt and all of the continuation but its last token, after which nothing is predicted.
    """
    prompt = len(request.prompt.tokens)
    if all(len(continuation.tokens) == 1 for continuation in request.continuations):
        return prompt
    return prompt * len(request.continuations) + _tail_tokens(request)


def _tail_tokens(request: Request) -> int:
    return sum(len(continuation.tokens) - 1 for continuation in request.continuations)


def count_tokens(plan: Plan, *, prefix_reuse: bool = True) -> dict[Part, TokenCount]:
    """Return what each task comes to in each language.

    With ``prefix_reuse`` it is assumed that the backend takes the requests in the order of the plan, ``WINDOW`` at a
    time, that among those of one kind and language in a window it computes what ``group_by_prefix`` finds once, that
    it reads every prompt once, and each continuation but for its last token. A prefix that several tasks share
    counts for the first of them. Without, every sequence is read whole.

    Items that ask the very same are asked once, and count once.

    Args:
        plan: what is asked.
        prefix_reuse: whether the backend may compute prefixes once.
    """
    requests = list(plan.requests())
    asked: Counter[Part] = Counter()
    characters: Counter[Part] = Counter()
    for request in requests:
        part = request.task, request.language
        asked[part] += asked_tokens(request)
        characters[part] += character_count(request.prompt.text)
        characters[part] += sum(character_count(continuation.text) for continuation in request.continuations)
    computed = _shared_tokens(requests) if prefix_reuse else asked
    counts: dict[Part, TokenCount] = {}
    for task, planned_items in plan.by_task().items():
        for language in dict.fromkeys(planned.item.language for planned in planned_items):
            here = [planned for planned in planned_items if planned.item.language is language]
            fitting = [planned.request for planned in here if planned.fits]
            counts[task, language] = TokenCount(
                items=len(here),
                too_long=len(here) - len(fitting),
                asked_tokens=asked[task, language],
                computed_tokens=computed[task, language],
                characters=characters[task, language],
                longest=max(len(planned.request.prompt.tokens) for planned in here),
                most_generated=sum(r.sampling.max_new_tokens for r in fitting if r.sampling),
            )
    return counts


def add_counts(counts: Iterable[TokenCount]) -> TokenCount:
    """Return what several parts come to together; ``longest`` is that of the longest prompt of all."""
    columns = list(zip(*counts, strict=True))
    sums = TokenCount(*(sum(column) for column in columns))
    return sums._replace(longest=max(columns[TokenCount._fields.index("longest")]))


def _shared_tokens(requests: Sequence[Request]) -> Counter[Part]:
    computed: Counter[Part] = Counter()
    for sharing in _windows(requests):
        groups = group_by_prefix([request.prompt.tokens for request in sharing])
        # The first request below each prefix, by which the prefix counts; a group comes after its parent.
        first = [min(group.members, default=len(sharing)) for group in groups]
        for number in range(len(groups) - 1, 0, -1):
            parent = groups[number].parent or 0
            first[parent] = min(first[parent], first[number])
            carrier = sharing[first[number]]
            own = len(groups[number].tokens) - len(groups[parent].tokens)
            computed[carrier.task, carrier.language] += own
        for group in groups:
            for request in (sharing[index] for index in group.members):
                suffix = len(request.prompt.tokens) - len(group.tokens)
                computed[request.task, request.language] += suffix + _tail_tokens(request)
    return computed


def _windows(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Yield the requests among which prefixes are shared."""

    def sort_of(request: Request) -> tuple[RequestKind, Language]:
        return request.kind, request.language

    for begin in range(0, len(requests), WINDOW):
        for _, sharing in groupby(sorted(requests[begin : begin + WINDOW], key=sort_of), key=sort_of):
            yield list(sharing)
