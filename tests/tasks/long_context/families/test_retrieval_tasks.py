"""The task files of these families: what the scorer they name makes of answers to problems they draw."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.registry.catalogue import load_tasks
from benchharness.registry.tasks import TaskSpec
from benchharness.scorers.base import Sample, find_scorer
from benchharness.tasks.long_context.finding import find_family
from benchharness.tasks.long_context.records import Problem
from benchharness.tasks.templates import render

NAMES = ("needle", "multi_key", "multi_query", "multi_value", "absent", "tracing", "multi_hop", "contradiction")
SPECS = {name: load_tasks()[f"long_{name}"].spec for name in NAMES}
SUBSETS = [(name, subset) for name, spec in SPECS.items() for subset in spec.subsets or (None,)]
NOT_STATED = {Language.ZH: "文中没有提到", Language.EN: "Not stated"}
DECLARED = {Language.ZH: "答案：{}。", Language.EN: "Answer: {}."}


def problems(name: str, subset: str | None) -> Iterator[Problem]:
    spec = SPECS[name]
    family = find_family(str(spec.source.family), name)
    options = {**spec.source.options, **(spec.subsets[subset] if subset else {})}
    return (family.draw(Random(seed), seed % 5 / 4, **options) for seed in range(20))


def mark(spec: TaskSpec, problem: Problem, language: Language, text: str) -> Score:
    target = {tongue.value: references for tongue, references in problem.answer.items()}
    item = Item("1", language, target, "c", problem.fields.get(language, {}))
    scorer = find_scorer(spec.scorer.name, spec.scorer.options, spec.name)
    assert scorer.check is not None
    scorer.check(item)
    return scorer.score(Sample(item, Response("key", FinishReason.STOP, text=text)), **spec.scorer.options)


def joined(references: list[list[str]], language: Language) -> str:
    return {Language.ZH: "、", Language.EN: ", "}[language].join(forms[0] for forms in references)


@pytest.mark.parametrize(("name", "subset"), SUBSETS)
@pytest.mark.parametrize("language", list(Language))
def test_the_answer_of_the_problem_is_right_however_it_is_put(
    name: str, subset: str | None, language: Language
) -> None:
    spec = SPECS[name]
    for problem in problems(name, subset):
        answer = joined(problem.answer[language], language) or NOT_STATED[language]
        for text in (answer, DECLARED[language].format(answer)):
            found = mark(spec, problem, language, text)
            assert (found.value, found.outcome) == (1.0, Outcome.SCORED), text


@pytest.mark.parametrize(("name", "subset"), [one for one in SUBSETS if one[0] != "needle"])
@pytest.mark.parametrize("language", list(Language))
def test_all_values_of_the_text_are_no_answer(name: str, subset: str | None, language: Language) -> None:
    for problem in problems(name, subset):
        values = [[str(fact.record["value"])] for fact in problem.facts if "value" in fact.record]
        names = [[name] for name in problem.fields.get(language, {}).get("candidates", ())]
        assert mark(SPECS[name], problem, language, joined(names or values, language)).value == 0


@pytest.mark.parametrize(("name", "subset"), SUBSETS)
@pytest.mark.parametrize("language", list(Language))
def test_that_nothing_is_stated_is_right_only_where_it_is_so(name: str, subset: str | None, language: Language) -> None:
    for problem in problems(name, subset):
        right = float(problem.category == "absent")
        assert mark(SPECS[name], problem, language, NOT_STATED[language]).value == right


@pytest.mark.parametrize("language", list(Language))
def test_another_number_of_the_text_is_wrong(language: Language) -> None:
    for name, subset in SUBSETS:
        for problem in problems(name, subset):
            right = {forms[0] for forms in problem.answer[language]}
            values = [str(fact.record["value"]) for fact in problem.facts if "value" in fact.record]
            for value in set(values) - right:
                assert mark(SPECS[name], problem, language, value).value == 0


@pytest.mark.parametrize("name", ["multi_query", "multi_value"])
@pytest.mark.parametrize("language", list(Language))
def test_a_part_of_the_numbers_is_worth_its_share(name: str, language: Language) -> None:
    for problem in problems(name, None):
        part = joined(problem.answer[language][:3], language)
        assert mark(SPECS[name], problem, language, part).value == 0.75


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", list(Language))
def test_prompts_ask_in_their_language(name: str, language: Language) -> None:
    spec = SPECS[name]
    prompt = spec.prompt[language]
    fields: dict[str, Any] = {"passage": "", "question": next(problems(name, next(iter(spec.subsets), None))).question}
    assert prompt.passage == "{{ passage }}"
    fields["question"] = fields["question"][language]
    written = "".join(
        render(str(part), fields, name) for part in (prompt.instruction, prompt.question, prompt.answer_prefix)
    )
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in written)
    assert (chinese > 30) if language is Language.ZH else (chinese == 0)
    assert (NOT_STATED[language] in written) == (name == "absent")
