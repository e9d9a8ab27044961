"""Answers: the solution that comes with an item gets full marks, and a generator's solver finds its answer."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchharness.records import Item, Outcome, Score
from benchharness.registry.tasks import TaskSpec
from benchharness.runs.scoring import TaskScorer
from benchharness.runs.validation.findings import Problem, place
from benchharness.tasks.generated import Row, find_generator, generate_rows
from benchharness.tasks.items import ItemGroup


def check_solutions(groups: Sequence[ItemGroup], scorer: TaskScorer) -> Iterator[Problem]:
    """The scorer gives every solution full marks."""
    solved = [(group, item, item.solution) for group in groups for item in group.items if item.solution is not None]
    # A deferred scorer waits for other processes, so that threads help.
    with ThreadPoolExecutor(os.cpu_count() if scorer.deferred else 1) as pool:
        scores = pool.map(lambda one: scorer.mark(one[1], one[2]), solved)
        for (group, item, _), score in zip(solved, scores, strict=True):
            yield from _judge(group, item, score)


def _judge(group: ItemGroup, item: Item, score: Score) -> Iterator[Problem]:
    if score.outcome is Outcome.SCORED and score.value == 1 and not score.detail.get("other_language"):
        return
    where = place(group, item)
    yield Problem(
        f"{where}: its own solution scores {score.value:g} ({score.outcome.value}, read as {score.parsed!r}).",
        f"{where}：其自带解答仅得 {score.value:g} 分（{score.outcome.value}，读作 {score.parsed!r}）。",
    )


def check_generator(spec: TaskSpec, name: str) -> Iterator[Problem]:
    """Another way to solve each problem gives the same answer, and fewer rows are the first of more.

    Args:
        spec: a task; one whose source is no generator passes.
        name: what to call its file in an error.
    """
    source = spec.source
    if source.generator is None or source.count is None:
        return
    rows = generate_rows(source.generator, source.seed, source.count, name)
    generator = find_generator(source.generator, name)
    for row in rows:
        try:
            answer = generator.solve(row)
        except ValueError as error:
            yield Problem(f"{spec.name} {row['id']}: {error}", f"{spec.name} {row['id']}：{error}")
            continue
        if answer != row["answer"]:
            yield Problem(
                f"{spec.name} {row['id']}: the answer is {row['answer']!r}, its solver finds {answer!r}.",
                f"{spec.name} {row['id']}：答案为 {row['answer']!r}，而求解器得到 {answer!r}。",
            )
    few: Sequence[Row] = generator.generate(source.seed, max(1, source.count // 4))
    for before, row in zip(few, rows, strict=False):
        if before != row:
            yield Problem(
                f"{spec.name} {row['id']}: is another one when fewer are asked for.",
                f"{spec.name} {row['id']}：生成数量变化时题目随之改变。",
            )
