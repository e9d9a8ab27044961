from pathlib import Path

import pytest

from benchharness import resources


def test_the_files_that_travel_with_the_package_are_there() -> None:
    assert resources.models_file().is_file()
    assert (resources.tasks_directory() / "smoke" / "suite.yaml").is_file()
    assert sorted(resources.boards_directory().glob("*.csv"))


def test_the_cache_lies_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path / "cache"))
    assert resources.cache_directory() == tmp_path / "cache"
    monkeypatch.setenv("BENCHHARNESS_CACHE", "~/cache")
    assert resources.cache_directory() == Path.home() / "cache"


def test_without_the_variable_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BENCHHARNESS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert resources.cache_directory().name == "benchharness"
