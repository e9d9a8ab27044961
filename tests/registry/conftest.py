import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from benchharness.errors import InputError

HAN = re.compile(r"[\u4e00-\u9fff]")

Refused: TypeAlias = Callable[..., str]
Write: TypeAlias = Callable[[str, str | bytes], Path]


@pytest.fixture
def refused() -> Refused:
    """Return the English message of the ``InputError`` that a call ends in; both languages have to be there."""

    def refused(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
        with pytest.raises(InputError) as caught:
            call(*arguments, **named)
        assert not HAN.search(caught.value.en), caught.value.en
        assert HAN.search(caught.value.zh), caught.value.zh
        return caught.value.en

    return refused


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the test's folder and return its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
