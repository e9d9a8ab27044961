"""From rows to items and worked examples."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchharness.errors import InputError
from benchharness.records import Item, Language, RequestKind
from benchharness.registry.catalogue import TaskFile, TaskSelection
from benchharness.registry.tasks import in_language
from benchharness.tasks.generated import Row
from benchharness.tasks.sources import read_row_file, read_rows, subset_variables
from benchharness.tasks.templates import evaluate, letter

MOST_OPTIONS = 26
"""As many as there are letters."""


class ItemGroup(NamedTuple):
    """The items of one task in one language and subset, in the order in which they are asked.

    Attributes:
        task: the task.
        language: their language.
        subset: their subset, or ``None``.
        items: the items selected.
        available: how many there are without a limit; ``None`` where there is no end of them.
        shots: worked examples at hand, in the order in which they are used.
        fingerprint: hash of all rows, whatever the limit.
    """

    task: TaskFile
    language: Language
    subset: str | None
    items: tuple[Item, ...]
    available: int | None
    shots: tuple[Item, ...]
    fingerprint: str


def load_groups(
    selections: Iterable[TaskSelection],
    languages: Sequence[Language],
    *,
    limit: int | None,
    seed: int,
    data_root: Path | None,
) -> Iterator[ItemGroup]:
    """Read the items of every selected task, one group for each language and subset.

    Args:
        selections: tasks, or subsets of them.
        languages: the languages asked for; a task asks in those of them that it has.
        limit: most items of a group. Items are taken in an order drawn with ``seed`` that depends on nothing else,
            so that a larger limit adds items and both languages get the same pairs.
        seed: the run's seed.
        data_root: a mirror of the hub, see ``read_rows``.

    Raises:
        InputError: if rows are missing or wrong, or nothing is selected.
    """
    for selection in selections:
        for subset in subsets_of(selection):
            for language in languages_of(selection, languages):
                yield _load_group(selection.file, language, subset, limit=limit, seed=seed, data_root=data_root)


def subsets_of(selection: TaskSelection) -> list[str | None]:
    """Return the subsets that a selection asks; ``None`` alone for a task without."""
    return [selection.subset] if selection.subset else [*selection.spec.subsets] or [None]


def languages_of(selection: TaskSelection, languages: Sequence[Language]) -> list[Language]:
    """Return those of ``languages`` that a selection asks in.

    Raises:
        InputError: if there is none.
    """
    spec = selection.spec
    wanted = [language for language in spec.languages if language in languages]
    if not wanted:
        has = ", ".join(spec.languages)
        asked = ", ".join(languages)
        raise InputError(
            en=f"The task {spec.name} asks in {has}, none of which --languages {asked} selects.",
            zh=f"任务 {spec.name} 的语言为 {has}，--languages {asked} 未选中其中任何一种。",
        )
    return wanted


def _load_group(
    file: TaskFile, language: Language, subset: str | None, *, limit: int | None, seed: int, data_root: Path | None
) -> ItemGroup:
    rows = read_rows(file, language, subset, data_root)
    items = build_items(file, language, subset, rows)
    if not items:
        raise InputError(
            en=f"{file.path}: the source has no rows for {language.value}{f', subset {subset}' if subset else ''}.",
            zh=f"{file.path}：数据源中没有 {language.value}{f'（子集 {subset}）' if subset else ''} 的数据。",
        )
    ordered = sorted(items, key=lambda item: _draw(seed, item.pair_id or item.id))
    return ItemGroup(
        task=file,
        language=language,
        subset=subset,
        items=tuple(ordered[:limit]),
        available=len(items),
        shots=_load_shots(file, language, subset, seed=seed, data_root=data_root),
        fingerprint=_fingerprint(rows),
    )


def _draw(seed: int, identity: str) -> bytes:
    return hashlib.sha256(f"{seed}:{identity}".encode()).digest()


def _fingerprint(rows: list[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:16]


def _load_shots(
    file: TaskFile, language: Language, subset: str | None, *, seed: int, data_root: Path | None
) -> tuple[Item, ...]:
    shots = file.spec.shots
    if shots is None:
        return ()
    if shots.path is not None:
        rows = read_row_file(file, in_language(shots.path, language), language)
    else:
        assert shots.split is not None
        rows = read_rows(file, language, subset, data_root, split=in_language(shots.split, language))
    items = build_items(file, language, subset, rows)
    if shots.order == "random":
        items.sort(key=lambda item: _draw(seed, f"shot:{item.pair_id or item.id}"))
    return tuple(items)


def build_items(file: TaskFile, language: Language, subset: str | None, rows: Sequence[Row]) -> list[Item]:
    """Return the items of rows, in their order.

    Raises:
        InputError: if a row does not fit the task, or two have the same id or pair_id.
    """
    items: list[Item] = []
    seen: dict[str, int] = {}
    pairs: dict[str, int] = {}
    for index, row in enumerate(rows):
        item = build_item(file, language, subset, row, index)
        if item.id in seen:
            raise InputError(
                en=f"{file.path}: rows {seen[item.id] + 1} and {index + 1} ({language.value}) have the same id"
                f" {item.id!r}; ids must be unique.",
                zh=f"{file.path}：第 {seen[item.id] + 1} 行与第 {index + 1} 行（{language.value}）的 id 同为"
                f" {item.id!r}，id 必须唯一。",
            )
        seen[item.id] = index
        if item.pair_id is not None:
            twin = pairs.setdefault(item.pair_id, index)
            if twin != index:
                raise InputError(
                    en=f"{file.path}: rows {twin + 1} and {index + 1} ({language.value}) have the same pair_id"
                    f" {item.pair_id!r}; a pair has one item in each language.",
                    zh=f"{file.path}：第 {twin + 1} 行与第 {index + 1} 行（{language.value}）的 pair_id 同为"
                    f" {item.pair_id!r}，每种语言只能有一题。",
                )
        items.append(item)
    return items


def _check_options(file: TaskFile, options: Any, place: str) -> None:
    if not isinstance(options, list | tuple) or not 2 <= len(options) <= MOST_OPTIONS:
        raise InputError(
            en=f"{place}: expected a list of 2 to {MOST_OPTIONS} texts, found {options!r}.",
            zh=f"{place}：应为 2 至 {MOST_OPTIONS} 个文本的列表，实为 {options!r}。",
        )
    by_text = file.spec.choose is not None and file.spec.choose.by == "text"
    if by_text and not all(str(option).strip() for option in options):
        raise InputError(
            en=f"{place}: an option is empty, so that it has no likelihood: {options!r}.",
            zh=f"{place}：存在空选项，无法计算其似然：{options!r}。",
        )


def build_item(file: TaskFile, language: Language, subset: str | None, row: Row, index: int = 0) -> Item:
    """Return the item that a row becomes.

    Args:
        file: the task.
        language: the language it is asked in.
        subset: the task's subset, or ``None``.
        row: the row.
        index: its number, from 0.

    Raises:
        InputError: if an expression of the task does not fit the row, or target or options are wrong.
    """
    spec = file.spec.item
    variables = {**row, **subset_variables(file, language, subset), "row": row, "index": index}
    place = f"{file.path}: row {variables['index'] + 1} ({language.value}): item"

    def value(key: str) -> Any:
        expression = getattr(spec, key)
        return None if expression is None else evaluate(expression, variables, f"{place}.{key}")

    own_id = value("id")
    local_id = str(variables["index"] if own_id is None else own_id)
    item_id = f"{subset}/{local_id}" if subset else local_id
    pair_id: str | None = item_id if len(file.spec.languages) > 1 else None
    if spec.pair_id is not None:
        own_pair = value("pair_id")
        pair_id = None if own_pair is None else f"{subset}/{own_pair}" if subset else str(own_pair)
    options = value("options")
    if options is not None:
        _check_options(file, options, f"{place}.options")
    target = value("target")
    if file.spec.request is RequestKind.CHOOSE:
        letters = [letter(position) for position in range(len(options))]
        if target not in letters:
            shown = ", ".join(letters)
            raise InputError(
                en=f"{place}.target: the target {target!r} is none of {shown}.",
                zh=f"{place}.target：答案 {target!r} 不在选项 {shown} 之中。",
            )
    category = value("category")
    cluster = value("cluster")
    solution = value("solution")
    return Item(
        id=item_id,
        language=language,
        target=target,
        category=str(category if category is not None else subset or file.spec.name),
        fields=variables,
        options=tuple(str(option) for option in options or ()),
        pair_id=pair_id,
        cluster=None if cluster is None else str(cluster),
        solution=None if solution is None else str(solution),
    )
