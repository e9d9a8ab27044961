"""Checking a task: what its YAML and its rows promise is kept by every item."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from benchharness.errors import BenchharnessError, OfflineError
from benchharness.registry.catalogue import TaskSelection
from benchharness.runs.long_items import is_long
from benchharness.runs.scoring import TaskScorer
from benchharness.runs.validation.answers import check_generator, check_solutions
from benchharness.runs.validation.balance import check_balance
from benchharness.runs.validation.findings import Problem, ValidationReport
from benchharness.runs.validation.long_context import TRIED, check_long_context, load_tried, long_context_for
from benchharness.runs.validation.pairs import check_pairs
from benchharness.runs.validation.prompts import check_prompts, check_questions
from benchharness.runs.validation.rows import (
    check_columns,
    check_duplicates,
    check_near_duplicates,
    check_shots,
    check_targets,
)
from benchharness.runs.validation.tokens import check_tokens
from benchharness.tasks.items import ItemGroup, load_groups
from benchharness.tokens.tokenizer import Tokenizer

STRICT = (check_prompts, check_questions, check_columns, check_targets)
"""What no data may break."""

AS_PUBLISHED = (check_duplicates, check_near_duplicates, check_shots, check_balance)
"""What is only remarked upon in public data."""


def validate_task(
    selection: TaskSelection, *, data_root: Path | None, tokenizer: Tokenizer | None, data_is_optional: bool
) -> ValidationReport:
    """Check a task.

    Args:
        selection: the task, or a subset of it.
        data_root: a mirror of the hub.
        tokenizer: also check what depends on it: that options are told apart, that solutions may be as long.
        data_is_optional: whether data that only a hub has may be missing.
    """
    report = ValidationReport(selection.spec.name)
    report.problems.extend(_licence(selection))
    try:
        scorer = TaskScorer(selection.spec, str(selection.file.path))
        groups = _load(selection, scorer, data_root, tokenizer)
    except BenchharnessError as error:
        problem = Problem(error.en, error.zh)
        if data_is_optional and isinstance(error, OfflineError):
            report.unread = problem
        else:
            report.problems.append(problem)
        return report
    as_published = report.remarks if selection.spec.source.kind == "hub" else report.problems
    for group in groups:
        for strict in STRICT:
            report.problems.extend(strict(group))
        # Questions that differ in a code name alone are what a task with long contexts is made of.
        for lenient in () if is_long(selection) else AS_PUBLISHED:
            as_published.extend(lenient(group))
    if is_long(selection):
        report.problems.extend(check_long_context(groups))
    report.problems.extend(check_pairs(groups, report))
    report.problems.extend(check_solutions(groups, scorer))
    report.problems.extend(check_generator(selection.spec, str(selection.file.path)))
    if tokenizer is not None:
        report.problems.extend(check_tokens(groups, tokenizer))
    _count(groups, report)
    return report


def _licence(selection: TaskSelection) -> list[Problem]:
    try:
        canonicalize_license_expression(selection.spec.licence)
    except InvalidLicenseExpression as error:
        where = f"{selection.file.path}: licence"
        return [
            Problem(
                f"{where}: not an SPDX expression: {error}. A licence of your own is LicenseRef-NAME.",
                f"{where}：不是 SPDX 许可表达式：{error}。自定义许可请写作 LicenseRef-名称。",
            )
        ]
    return []


def _load(
    selection: TaskSelection, scorer: TaskScorer, data_root: Path | None, tokenizer: Tokenizer | None
) -> list[ItemGroup]:
    """Read all items, or make some where there is no end of them, and let the scorer look at each target."""
    if is_long(selection):
        context = long_context_for(tokenizer, limit=TRIED)
        return load_tried(selection, scorer, replace(context, data_root=data_root))
    groups = list(load_groups([selection], selection.spec.languages, limit=None, seed=0, data_root=data_root))
    for group in groups:
        for item in group.items:
            scorer.check(item)
    return groups


def _count(groups: Sequence[ItemGroup], report: ValidationReport) -> None:
    for group in groups:
        report.items[group.language] = report.items.get(group.language, 0) + len(group.items)
        for item in group.items:
            difficulty = item.fields["row"].get("difficulty")
            if difficulty is not None:
                report.difficulties[str(difficulty)] = report.difficulties.get(str(difficulty), 0) + 1
            if item.options:
                report.targets[str(item.target)] = report.targets.get(str(item.target), 0) + 1
