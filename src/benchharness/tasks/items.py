"""From rows to items and worked examples."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchharness.errors import InputError
from benchharness.records import Item, Language
from benchharness.registry.catalogue import TaskFile, TaskSelection
from benchharness.registry.tasks import in_language
from benchharness.tasks.sources import Row, read_row_file, read_rows, subset_variables
from benchharness.tasks.templates import evaluate


class ItemGroup(NamedTuple):
    """The items of one task in one language and subset, in the order in which they are asked.

    Attributes:
        task: the task.
        language: their language.
        subset: their subset, or ``None``.
        items: the items selected.
        available: how many there are without a limit.
        shots: worked examples at hand, in the order in which they are used.
        fingerprint: hash of all rows, whatever the limit.
    """

    task: TaskFile
    language: Language
    subset: str | None
    items: tuple[Item, ...]
    available: int
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
        spec = selection.spec
        wanted = [language for language in spec.languages if language in languages]
        if not wanted:
            has = ", ".join(spec.languages)
            asked = ", ".join(languages)
            raise InputError(
                en=f"The task {spec.name} asks in {has}, none of which --languages {asked} selects.",
                zh=f"任务 {spec.name} 的语言为 {has}，--languages {asked} 未选中其中任何一种。",
            )
        subsets: list[str | None] = [selection.subset] if selection.subset else [*spec.subsets] or [None]
        for subset in subsets:
            for language in wanted:
                yield _load_group(selection.file, language, subset, limit=limit, seed=seed, data_root=data_root)


def _load_group(
    file: TaskFile, language: Language, subset: str | None, *, limit: int | None, seed: int, data_root: Path | None
) -> ItemGroup:
    rows = read_rows(file, language, subset, data_root)
    items = _build_items(file, language, subset, rows)
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
    if shots is None or shots.count == 0:
        return ()
    if shots.path is not None:
        rows = read_row_file(file, in_language(shots.path, language), language)
    else:
        assert shots.split is not None
        rows = read_rows(file, language, subset, data_root, split=in_language(shots.split, language))
    items = _build_items(file, language, subset, rows)
    if shots.order == "random":
        items.sort(key=lambda item: _draw(seed, f"shot:{item.pair_id or item.id}"))
    return tuple(items)


def _build_items(file: TaskFile, language: Language, subset: str | None, rows: list[Row]) -> list[Item]:
    items: list[Item] = []
    seen: dict[str, int] = {}
    shared = subset_variables(file, language, subset)
    for index, row in enumerate(rows):
        item = _build_item(file, language, subset, {**row, **shared, "row": row, "index": index})
        if item.id in seen:
            raise InputError(
                en=f"{file.path}: rows {seen[item.id] + 1} and {index + 1} ({language.value}) have the same id"
                f" {item.id!r}; ids must be unique.",
                zh=f"{file.path}：第 {seen[item.id] + 1} 行与第 {index + 1} 行（{language.value}）的 id 同为"
                f" {item.id!r}，id 必须唯一。",
            )
        seen[item.id] = index
        items.append(item)
    return items


def _build_item(file: TaskFile, language: Language, subset: str | None, variables: dict[str, Any]) -> Item:
    spec = file.spec.item
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
    if options is not None and not (isinstance(options, list | tuple) and len(options) >= 2):
        raise InputError(
            en=f"{place}.options: expected a list of at least two texts, found {options!r}.",
            zh=f"{place}.options：应为至少两个文本的列表，实为 {options!r}。",
        )
    category = value("category")
    cluster = value("cluster")
    return Item(
        id=item_id,
        language=language,
        target=value("target"),
        category=str(category if category is not None else subset or file.spec.name),
        fields=variables,
        options=tuple(str(option) for option in options or ()),
        pair_id=pair_id,
        cluster=None if cluster is None else str(cluster),
    )
