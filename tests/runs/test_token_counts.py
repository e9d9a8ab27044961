"""What is counted before a run is what the backend then computes."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.records import Continuation, Item, Language, Prompt, Request, RequestKind, Sampling
from benchharness.registry.catalogue import select_task
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource
from benchharness.runs.plan import Conventions, Plan, PlannedItem, Planner
from benchharness.runs.run import make_plan
from benchharness.runs.token_counts import TokenCount, add_counts, asked_tokens, count_tokens
from benchharness.tasks.items import load_groups
from benchharness.text.script import character_count
from benchharness.tokens.prefix_tree import WINDOW

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom


def planned(
    number: int, tokens: tuple[int, ...], options: tuple[int, ...] = (), *, task: str = "t", zh: bool = True
) -> PlannedItem:
    """Return an item whose options have the given lengths; without options it is to be generated."""
    language = Language.ZH if zh else Language.EN
    item = Item(id=str(number), language=language, target="A", category="c", fields={})
    request = Request(
        key=f"{task}{number}",
        task=task,
        item_id=item.id,
        language=language,
        kind=RequestKind.CHOOSE if options else RequestKind.GENERATE,
        prompt=Prompt((), (), tokens, ()),
        continuations=tuple(Continuation("x", (9,) * length) for length in options),
        sampling=None if options else Sampling(7),
    )
    return PlannedItem(item, request, fits=True)


@pytest.mark.parametrize(
    ("prompt", "options", "asked"),
    [
        (10, (), 10),
        (10, (1, 1, 1, 1), 10),  # All are read off after the prompt.
        (10, (3, 2), (10 + 2) + (10 + 1)),
        (10, (1, 4), 10 + (10 + 3)),
    ],
)
def test_what_is_asked_is_what_reading_every_sequence_whole_computes(
    prompt: int, options: tuple[int, ...], asked: int
) -> None:
    assert asked_tokens(planned(0, (1,) * prompt, options).request) == asked


def test_a_shared_prefix_counts_once_and_for_the_first_that_has_it() -> None:
    shots = (1,) * 100
    plan = Plan(
        (
            planned(0, (*shots, 2, 3), (1, 1), task="one"),
            planned(1, (*shots, 4), (2, 3), task="two"),
            planned(2, (*shots, 5, 6, 7), (1, 1), task="two"),
            planned(3, (*shots, 8), task="two"),  # Of another kind
            planned(4, (*shots, 8), (1, 1), task="two", zh=False),  # In the other language
        )
    )
    counts = count_tokens(plan)
    assert counts["one", Language.ZH].computed_tokens == 100 + 2
    assert counts["two", Language.ZH].computed_tokens == (1 + 1 + 2) + 3 + 101
    assert counts["two", Language.EN].computed_tokens == 101
    assert counts["two", Language.ZH].asked_tokens == (2 * 101 + 1 + 2) + 103 + 101
    assert count_tokens(plan, prefix_reuse=False)["two", Language.ZH].saving == 1


def test_prefixes_are_shared_within_a_window() -> None:
    plan = Plan(tuple(planned(number, (*((1,) * 100), number), (1, 1)) for number in range(WINDOW + 2)))
    count = count_tokens(plan)["t", Language.ZH]
    assert count.computed_tokens == (100 + WINDOW) + (100 + 2)
    assert count.asked_tokens == 101 * (WINDOW + 2)
    assert count.saving == pytest.approx(101 * 258 / 458)


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 1), min_size=1, max_size=70).map(tuple),
            st.sampled_from([(), (1, 1), (2, 3)]),
            st.sampled_from(["one", "two"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_sharing_computes_no_more_than_is_asked(
    drawn: list[tuple[tuple[int, ...], tuple[int, ...], str, bool]],
) -> None:
    plan = Plan(tuple(planned(n, (3,) * 40 + p, o, task=t, zh=z) for n, (p, o, t, z) in enumerate(drawn)))
    shared, apart = (add_counts(count_tokens(plan, prefix_reuse=reuse).values()) for reuse in (True, False))
    assert shared.computed_tokens <= shared.asked_tokens == apart.computed_tokens == apart.asked_tokens
    assert shared._replace(computed_tokens=0) == apart._replace(computed_tokens=0)


def test_counts_add_up() -> None:
    total = add_counts([TokenCount(1, 0, 10, 5, 30, 7, 2), TokenCount(2, 1, 20, 10, 40, 6, 3)])
    assert total == TokenCount(3, 1, 30, 15, 70, 7, 5)
    assert total.saving == 2


def shortened(planned: PlannedItem) -> PlannedItem:
    """Return an item with two tokens to generate: what is read is counted, and not what is said."""
    sampling = planned.request.sampling
    if sampling is None:
        return planned
    return planned._replace(request=replace(planned.request, sampling=replace(sampling, max_new_tokens=2)))


@pytest.mark.parametrize("template", ["chat", "plain"])
@pytest.mark.parametrize("reuse", [True, False])
def test_the_backend_computes_what_was_counted(smollm2: Path, template: str, reuse: bool) -> None:
    options = BackendOptions(device="cpu", dtype="float32", prefix_reuse=reuse)
    backend = TransformersBackend(resolve_model(str(smollm2)), options)
    conventions = Conventions(
        template,  # type: ignore[arg-type]
        None,
        "turns",
        thinking=False,
        reasons=False,
        reasoning_tokens=0,
    )
    planner = Planner(backend.tokenizer, conventions, identity="test", context_length=None, seed=0)
    selections = [select_task(name) for name in ("knowledge", "completion", "arithmetic")]
    plan = planner.plan(load_groups(selections, tuple(Language), limit=4, seed=0, data_root=None))
    plan = Plan(tuple(shortened(planned) for planned in plan.items))
    counts = count_tokens(plan, prefix_reuse=reuse)
    assert len(counts) == 6
    responses = list(backend.run(QueueSource(list(plan.requests()))))
    assert sum(response.computed_tokens for response in responses) == add_counts(counts.values()).computed_tokens
    for part, count in counts.items():
        assert count.saving is not None
        assert (count.saving > 1.3) is reuse, part


def test_what_fits_is_added_up(classroom: "Classroom") -> None:
    plan = make_plan(classroom.prepare([classroom.sums(5), classroom.colours(5)], ["1"]), identity="w")
    counts = count_tokens(plan)
    assert len(counts) == 4
    for (task, language), count in counts.items():
        requests = [
            planned.request
            for planned in plan.items
            if (planned.request.task, planned.item.language) == (task, language)
        ]
        prompts = "".join(request.prompt.text for request in requests)
        options = "".join(c.text for request in requests for c in request.continuations)
        assert count.items == 5
        assert count.too_long == 0
        assert count.asked_tokens == sum(map(asked_tokens, requests))
        assert count.characters == character_count(prompts + options)
        assert count.longest == max(len(request.prompt.text.encode()) for request in requests)
        assert count.most_generated == (5 * 60 if task == "sums" else 0)


def test_what_does_not_fit_is_left_out(classroom: "Classroom") -> None:
    prepared = classroom.prepare([classroom.sums(5)], ["1"], context_length=10)
    zh, en = count_tokens(make_plan(prepared, identity="w")).values()
    assert (zh.items, zh.too_long, zh.asked_tokens, zh.most_generated) == (5, 5, 0, 0)
    assert zh.longest > 10
    assert zh.saving is None
    assert en.too_long == 5
