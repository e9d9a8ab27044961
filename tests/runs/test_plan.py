"""What is asked, in which order, under which key."""

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Continuation, Language, Prompt, Request, RequestKind, Sampling, Segment
from benchharness.registry.models import ModelSpec
from benchharness.runs import plan as plan_module
from benchharness.runs.plan import Plan
from benchharness.runs.run import make_plan

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

TOKENS = st.lists(st.integers(0, 300), max_size=6).map(tuple)
SAMPLINGS = st.none() | st.builds(
    Sampling,
    max_new_tokens=st.integers(1, 9),
    temperature=st.sampled_from([0.0, 0.7]),
    top_p=st.sampled_from([0.9, 1.0]),
    seed=st.integers(0, 3),
    stop=st.sampled_from([(), ("\n",), ("。",)]),
)
CONTENTS = st.tuples(
    st.sampled_from(["weights a, float32", "weights a, bfloat16", "weights b, float32"]),
    TOKENS,
    st.lists(TOKENS, max_size=3).map(tuple),
    SAMPLINGS,
    st.integers(0, 2),
)


def key_of(
    identity: str,
    tokens: tuple[int, ...],
    continuations: tuple[tuple[int, ...], ...],
    sampling: Sampling | None,
    repetition: int,
    *,
    task: str = "t",
    item: str = "1",
    language: Language = Language.ZH,
    text: str = "",
) -> str:
    prompt = Prompt((), (Segment("question", text),), tokens, (0,))
    said = tuple(Continuation(text, of_one) for of_one in continuations)
    kind = RequestKind.GENERATE if sampling else RequestKind.CHOOSE
    return plan_module._key(identity, Request("", task, item, language, kind, prompt, said, sampling, repetition))


def keys(plan: Plan) -> dict[tuple[str, str, str], str]:
    return {
        (planned.request.task, planned.item.id, planned.item.language.value): planned.request.key
        for planned in plan.items
    }


@given(CONTENTS, CONTENTS)
def test_two_keys_are_equal_exactly_when_nothing_that_could_change_the_answer_differs(
    one: tuple[str, tuple[int, ...], tuple[tuple[int, ...], ...], Sampling | None, int],
    two: tuple[str, tuple[int, ...], tuple[tuple[int, ...], ...], Sampling | None, int],
) -> None:
    assert (key_of(*one) == key_of(*two)) == (one == two)


@given(CONTENTS)
def test_a_key_does_not_know_task_item_language_or_the_text_behind_the_tokens(
    content: tuple[str, tuple[int, ...], tuple[tuple[int, ...], ...], Sampling | None, int],
) -> None:
    other = key_of(*content, task="u", item="2", language=Language.EN, text="另一段文字")
    assert key_of(*content) == other


@pytest.mark.parametrize(
    "changes",
    [
        {"max_new_tokens": 6},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"seed": 1},
        {"stop": ("\n",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_sampling_changes_the_key(changes: dict[str, object]) -> None:
    sampling = Sampling(5)
    changed = dataclasses.replace(sampling, **changes)  # type: ignore[arg-type]
    assert key_of("w", (1,), (), sampling, 0) != key_of("w", (1,), (), changed, 0)


def test_a_larger_limit_adds_keys_and_changes_none(classroom: "Classroom") -> None:
    tasks = [classroom.sums(12), classroom.colours(12)]
    few = keys(make_plan(classroom.prepare(tasks, ["1"], limit=4), identity="w"))
    many = keys(make_plan(classroom.prepare(tasks, ["1"], limit=9), identity="w"))
    assert len(few) == 16
    assert len(many) == 36
    assert few.items() <= many.items()


def test_the_order_of_tasks_and_of_languages_changes_no_key(classroom: "Classroom") -> None:
    sums, colours = classroom.sums(), classroom.colours()
    one = make_plan(classroom.prepare([sums, colours], ["1"]), identity="w")
    two = make_plan(classroom.prepare([colours, sums], ["1"], languages=(Language.EN, Language.ZH)), identity="w")
    assert keys(one) == keys(two)
    assert [planned.request.key for planned in one.items] != [planned.request.key for planned in two.items]


def test_both_languages_ask_the_same_pairs_under_a_limit(classroom: "Classroom") -> None:
    plan = make_plan(classroom.prepare([classroom.sums(30)], ["1"], limit=7), identity="w")
    asked = {
        language: [planned.item.pair_id for planned in plan.items if planned.item.language is language]
        for language in Language
    }
    assert asked[Language.ZH] == asked[Language.EN]
    assert len(set(asked[Language.ZH])) == 7


def test_another_seed_draws_other_items_and_leaves_greedy_keys_alone(classroom: "Classroom") -> None:
    tasks = [classroom.sums(30)]
    one = keys(make_plan(classroom.prepare(tasks, ["1"], limit=5, seed=0), identity="w"))
    two = keys(make_plan(classroom.prepare(tasks, ["1"], limit=5, seed=1), identity="w"))
    everything = keys(make_plan(classroom.prepare(tasks, ["1"], seed=1), identity="w"))
    assert one.keys() != two.keys()
    assert one.items() <= everything.items()


def test_a_sampled_request_has_a_seed_of_its_own_that_follows_the_run_s(classroom: "Classroom") -> None:
    tasks = [classroom.sums(4, generate={"max_new_tokens": 9, "temperature": 0.8})]
    plans = [make_plan(classroom.prepare(tasks, ["1"], seed=seed), identity="w") for seed in (0, 0, 1)]
    seeds = [[planned.request.sampling.seed for planned in plan.items if planned.request.sampling] for plan in plans]
    assert len(set(seeds[0])) == 8
    assert seeds[0] == seeds[1]
    assert not set(seeds[0]) & set(seeds[2])


def test_an_item_that_does_not_fit_is_planned_and_not_asked(classroom: "Classroom") -> None:
    rows = [
        {"id": "s000", "category": "a", "answer": 2, "zh": {"question": "短"}, "en": {"question": "short"}},
        {"id": "s001", "category": "a", "answer": 3, "zh": {"question": "长" * 99}, "en": {"question": "long" * 99}},
    ]
    task = classroom.task({**classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)}, rows)
    plan = make_plan(classroom.prepare([task], ["1"], context_length=120), identity="w")
    assert [(planned.item.id, planned.fits) for planned in plan.items if planned.item.language is Language.ZH] == [
        (item, item == "s000") for item in [planned.item.id for planned in plan.items][:2]
    ]
    assert {request.item_id for request in plan.requests()} == {"s000"}


@pytest.mark.parametrize("kind", ["generate", "choose"])
def test_the_context_holds_prompt_and_answer_to_the_last_token(classroom: "Classroom", kind: str) -> None:
    task = classroom.sums(1) if kind == "generate" else classroom.colours(1)
    request = make_plan(classroom.prepare([task], ["1"]), identity="w").items[0].request
    room = request.sampling.max_new_tokens if request.sampling else max(len(c.tokens) for c in request.continuations)
    exact = len(request.prompt.tokens) + room
    fits = [
        make_plan(classroom.prepare([task], ["1"], context_length=length), identity="w").items[0].fits
        for length in (exact - 1, exact)
    ]
    assert fits == [False, True]


@pytest.mark.parametrize(
    ("thinking", "can", "room"), [("on", "hybrid", 160), ("off", "hybrid", 60), ("on", "none", 60)]
)
def test_a_model_that_reasons_has_room_for_it_beside_the_answer(
    classroom: "Classroom", thinking: str, can: str, room: int
) -> None:
    model = ModelSpec.model_validate({"name": "m", "thinking": can})
    settings = {"thinking": thinking, "reasoning_tokens": 100}
    plan = make_plan(classroom.prepare([classroom.sums(1)], ["1"], model=model, protocol=settings), identity="w")
    assert {planned.request.sampling.max_new_tokens for planned in plan.items if planned.request.sampling} == {room}


def test_items_that_ask_the_very_same_are_asked_once(classroom: "Classroom") -> None:
    row = {"category": "a", "answer": 3, "zh": {"question": "1加2？"}, "en": {"question": "1 plus 2?"}}
    document = classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)
    task = classroom.task(document, [{**row, "id": "s001"}, {**row, "id": "s002"}])
    twin = classroom.sums(3, name="twin")
    plan = make_plan(classroom.prepare([task, twin, classroom.sums(3, name="other")], ["1"]), identity="w")
    asked = [request.key for request in plan.requests()]
    assert len(plan.items) == 4 + 6 + 6
    assert len(asked) == len(set(asked)) == 2 + 6
