"""Reading rows: from files beside a task, from a hub, or from a mirror of a hub on this machine."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchharness.errors import InputError, OfflineError
from benchharness.hub import endpoint, go_offline_if_unreachable
from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile
from benchharness.registry.tasks import in_language
from benchharness.tasks.generated import Row, generate_rows
from benchharness.tasks.templates import render

MIRROR_SUFFIXES = (".jsonl", ".json", ".parquet", ".csv")


def read_rows(
    file: TaskFile, language: Language, subset: str | None, data_root: Path | None, split: str | None = None
) -> list[Row]:
    """Read the rows of a task in one language.

    Args:
        file: the task.
        language: which language's rows.
        subset: one of the task's subsets, or ``None`` for a task without.
        data_root: a directory of datasets laid out by hub id, used instead of the hub.
        split: the split, if not the source's own.

    Returns:
        The rows as published, in their order; for a paired source, shared columns and those of ``language``.

    Raises:
        InputError: if a file is missing or not what it should be.
        OfflineError: if the hub cannot be reached and the data is not in its cache.
    """
    source = file.spec.source
    if source.kind == "jsonl":
        assert source.path is not None
        return read_row_file(file, in_language(source.path, language), language)
    if source.kind == "generator":
        return _generate(file, language)
    dataset, config = hub_location(file, language, subset)
    split = split or in_language(source.split, language)
    if data_root is not None:
        return _read_mirror(data_root, dataset, config, split)
    return _read_hub(dataset, config, split, source.revision)


def hub_location(file: TaskFile, language: Language, subset: str | None) -> tuple[str, str | None]:
    """Return the hub id and the configuration that hold a task's rows."""
    source = file.spec.source
    assert source.dataset is not None
    variables = subset_variables(file, language, subset)
    dataset = in_language(source.dataset, language)
    config = source.config and render(in_language(source.config, language), variables, f"{file.path}: source.config")
    return dataset, config or None


def subset_variables(file: TaskFile, language: Language, subset: str | None) -> dict[str, Any]:
    """Return what templates may use whatever the row: ``language`` and ``subset``.

    ``subset`` holds ``name`` and the subset's own variables, those given for each language in ``language``.
    """
    declared: Mapping[str, Any] = file.spec.subsets[subset] if subset else {}
    values = {
        key: value.get(language.value) if isinstance(value, dict) and language.value in value else value
        for key, value in declared.items()
    }
    return {"language": language.value, "subset": {"name": subset, **values} if subset else None}


def read_row_file(file: TaskFile, name: str, language: Language) -> list[Row]:
    """Read a JSON Lines file that lies beside a task's YAML.

    Raises:
        InputError: if it is missing, not JSON Lines, or a paired row lacks ``language``.
    """
    path = file.path.parent / name
    rows = _read_json_lines(path)
    if not file.spec.source.paired:
        return rows
    return [_one_language(row, language, f"{path}:{number}") for number, row in enumerate(rows, start=1)]


def _generate(file: TaskFile, language: Language) -> list[Row]:
    source = file.spec.source
    assert source.generator is not None
    assert source.count is not None
    rows = generate_rows(source.generator, source.seed, source.count, f"{file.path}: source.generator")
    if not source.paired:
        return list(rows)
    return [_one_language(row, language, f"{file.path}: {row['id']}") for row in rows]


def _one_language(row: Row, language: Language, place: str) -> Row:
    own = row.get(language.value)
    if not isinstance(own, dict):
        raise InputError(
            en=f"{place}: the source is `paired`, but the row has no object {language.value!r}.",
            zh=f"{place}：数据源声明为 `paired`，但该行没有 {language.value!r} 对象。",
        )
    shared = {key: value for key, value in row.items() if key not in tuple(Language)}
    return {**shared, **own}


def _read_json_lines(path: Path) -> list[Row]:
    rows: list[Row] = []
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    rows.append(_parse_row(line, f"{path}:{number}"))
    except OSError as error:
        raise InputError(
            en=f"Cannot read {path}: {error.strerror}.", zh=f"无法读取 {path}：{error.strerror}。"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            en=f"{path} is not UTF-8. Save it as UTF-8.", zh=f"{path} 不是 UTF-8 编码，请转换后再试。"
        ) from error
    return rows


def _parse_row(line: str, place: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(
            en=f"{place}: not valid JSON: {error.msg} at column {error.colno}.",
            zh=f"{place}：JSON 格式有误：第 {error.colno} 列，{error.msg}。",
        ) from error
    return _check_row(row, place)


def _check_row(row: Any, place: str) -> Row:
    if not isinstance(row, dict):
        raise InputError(
            en=f"{place}: expected a JSON object, found {type(row).__name__}.",
            zh=f"{place}：应为 JSON 对象，实为 {type(row).__name__}。",
        )
    return row


def _read_mirror(data_root: Path, dataset: str, config: str | None, split: str) -> list[Row]:
    if not data_root.is_dir():
        raise InputError(
            en=f"--data-root {data_root}: there is no such directory.", zh=f"--data-root {data_root}：该目录不存在。"
        )
    folder = data_root / dataset / config if config else data_root / dataset
    for suffix in MIRROR_SUFFIXES:
        path = folder / f"{split}{suffix}"
        if path.is_file():
            try:
                return _read_data_file(path)
            except (OSError, ValueError) as error:  # what json, csv and pyarrow raise, and a wrong encoding
                suffix = suffix.removeprefix(".")
                raise InputError(
                    en=f"{path}: cannot be read as {suffix} in UTF-8: {error}",
                    zh=f"{path}：无法按 UTF-8 编码的 {suffix} 读取：{error}",
                ) from error
    wanted = f"{folder / split}{{{','.join(MIRROR_SUFFIXES)}}}"
    raise InputError(
        en=f"--data-root has no {wanted}. Put the split there, or leave --data-root out to use the hub.",
        zh=f"--data-root 下没有 {wanted}。请将该数据划分放到此处，或去掉 --data-root 以使用 hub。",
    )


def _read_data_file(path: Path) -> list[Row]:
    if path.suffix == ".jsonl":
        return _read_json_lines(path)
    if path.suffix == ".parquet":
        import pyarrow.parquet

        rows: list[Row] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [dict(row) for row in csv.DictReader(stream)]
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(document, list):
        raise ValueError(f"expected a list of objects, found {type(document).__name__}")
    return [_check_row(row, f"{path}: row {number}") for number, row in enumerate(document, start=1)]


def _read_hub(dataset: str, config: str | None, split: str, revision: str | None) -> list[Row]:
    go_offline_if_unreachable()
    import datasets
    import datasets.exceptions
    import huggingface_hub.errors

    name = f"{dataset} ({config})" if config else dataset
    progress_bars = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        return _ask_hub(dataset, config, split, revision)
    except (OSError, huggingface_hub.errors.OfflineModeIsEnabled, datasets.exceptions.DatasetNotFoundError) as error:
        raise _offline(name, dataset, config, split, error) from error
    except ValueError as error:
        if "find cache for" in str(error):  # another configuration of it is in the cache, and the hub is out of reach
            raise _offline(name, dataset, config, split, error) from error
        raise InputError(
            en=f"The dataset {name} has no such configuration or split: {error}",
            zh=f"数据集 {name} 没有该配置或划分：{error}",
        ) from error
    finally:
        if progress_bars:
            datasets.enable_progress_bars()


def _ask_hub(dataset: str, config: str | None, split: str, revision: str | None) -> list[Row]:
    import datasets

    try:
        return list(datasets.load_dataset(dataset, config, split=split, revision=revision))
    except RuntimeError as error:
        if revision is not None or "scripts are no longer supported" not in str(error):
            raise
    # What a script made, the hub also keeps as Parquet files.
    files = f"hf://datasets/{dataset}@refs/convert/parquet/{config or 'default'}/{split}/*.parquet"
    return list(datasets.load_dataset("parquet", data_files={split: files}, split=split))


def _offline(name: str, dataset: str, config: str | None, split: str, error: Exception) -> OfflineError:
    where = f"DIR/{dataset}/{config}/{split}.jsonl" if config else f"DIR/{dataset}/{split}.jsonl"
    return OfflineError(
        en=(
            f"Cannot get the split {split!r} of {name} from {endpoint()}, and it is not in the local cache: {error}\n"
            f"Set HF_ENDPOINT to a hub that can be reached, or put the rows at {where} and pass --data-root DIR."
        ),
        zh=(
            f"无法从 {endpoint()} 获取 {name} 的 {split!r} 划分，本地缓存中也没有：{error}\n"
            f"请将 HF_ENDPOINT 设为可访问的 hub 地址，或把数据放到 {where} 并加上 --data-root DIR。"
        ),
    )
