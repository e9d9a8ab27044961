"""Reading YAML documents into specs: one error that names the file, the key and the fix."""

import difflib
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from benchharness.errors import InputError

SpecT = TypeVar("SpecT", bound=BaseModel)


class Spec(BaseModel):
    """Base of all specs: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


def wrong(en: str, zh: str) -> PydanticCustomError:
    """Return what a validator raises: what is wrong with a value, in English and in Chinese."""
    return PydanticCustomError("wrong", "{en}", {"en": en, "zh": zh})


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a mapping that holds a key twice, where YAML would keep the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, f"{key!r} cannot be a key", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        InputError: if the file cannot be read, is not YAML, holds a key twice or is no mapping.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except OSError as error:
        raise InputError(
            en=f"Cannot read {path}: {error.strerror}.", zh=f"无法读取 {path}：{error.strerror}。"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            en=f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.",
            zh=f"{path} 不是 UTF-8 编码（第 {error.start} 字节）。请以 UTF-8 保存。",
        ) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f"{path}:{where.line + 1}:{where.column + 1}" if where else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(en=f"{line}: not valid YAML: {problem}.", zh=f"{line}：YAML 格式有误：{problem}。") from error
    except ValueError as error:  # a date that no calendar has
        raise InputError(en=f"{path}: not valid YAML: {error}.", zh=f"{path}：YAML 格式有误：{error}。") from error
    if not isinstance(document, dict):
        raise InputError(
            en=f"{path}: expected a mapping of keys to values, found {type(document).__name__}.",
            zh=f"{path}：应为键值映射，实为 {type(document).__name__}。",
        )
    return document


def parse(spec: type[SpecT], document: Any, place: str) -> SpecT:
    """Validate ``document`` as ``spec``.

    Args:
        spec: the class to build.
        document: plain data, as read from YAML.
        place: what to call the document in an error, usually its path.

    Raises:
        InputError: naming every key that is wrong.
    """
    try:
        return spec.model_validate(document)
    except ValidationError as error:
        problems = [_explain(detail, spec) for detail in error.errors()]
        raise InputError(
            en="\n".join(f"{place}: {en}" for en, _ in problems),
            zh="\n".join(f"{place}：{zh}" for _, zh in problems),
        ) from error


def _explain(detail: Any, spec: type[BaseModel]) -> tuple[str, str]:
    """Return one pydantic problem as a sentence in English and in Chinese."""
    location = [str(part) for part in detail["loc"]]
    key = ".".join(location) or "(top level)"
    kind = detail["type"]
    if kind == "missing":
        return f"the key `{key}` is missing.", f"缺少键 `{key}`。"
    if kind == "extra_forbidden":
        known = spec.model_fields if len(location) == 1 else {}
        hint_en, hint_zh = did_you_mean(location[-1], known)
        return f"unknown key `{key}`.{hint_en}", f"未知的键 `{key}`。{hint_zh}"
    if kind in ("literal_error", "enum"):
        expected = detail["ctx"]["expected"]
        return (
            f"`{key}` is {detail['input']!r}; expected one of {expected}.",
            f"`{key}` 的值为 {detail['input']!r}，应为以下之一：{expected}。",
        )
    message = detail["msg"]
    message_zh = detail.get("ctx", {}).get("zh", message)
    if isinstance(detail["input"], dict):  # said of several keys together; all that they hold would bury it
        at_en, at_zh = (f"`{key}`: ", f"`{key}`") if location else ("", "")
        return f"{at_en}{message}.", f"{at_zh}有误：{message_zh}。"
    return (
        f"`{key}`: {message} (found {detail['input']!r}).",
        f"`{key}`：{message_zh}（实际值为 {detail['input']!r}）。",
    )


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return a hint at the known names nearest to ``name``, in English and in Chinese; empty if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6)
    if not near:
        return "", ""
    names = [by_folded[folded] for folded in near]
    return f" Did you mean {' or '.join(names)}?", f"您要找的是不是 {'、'.join(names)}？"
