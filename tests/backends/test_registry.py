"""Backends are found by name; a part that is missing is named with the command that brings it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchharness.backends import registry
from benchharness.backends.base import Backend, BackendEntry, BackendOptions
from benchharness.errors import InputError, MissingDependencyError
from benchharness.registry.models import ModelReference, ModelSpec

MODEL = ModelReference(spec=ModelSpec(name="anyone"))

MODULE = """
from benchharness.backends.base import BackendEntry

def create(model, options):
    import a_package_that_is_nowhere

ENTRY = BackendEntry(create=create, title={"en": "e", "zh": "z"}, reads_model_files=False, extra=EXTRA)
NO_ENTRY = create
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package from elsewhere that brings backends of its own."""
    info = tmp_path / "elsewhere-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1\n")
    lines = ["lacking = lacking_backend:ENTRY", "bare = bare_backend:ENTRY", "wrong = lacking_backend:NO_ENTRY"]
    (info / "entry_points.txt").write_text("\n".join(["[benchharness.backends]", *lines, ""]))
    (tmp_path / "lacking_backend.py").write_text(MODULE.replace("EXTRA", "'ray'"))
    (tmp_path / "bare_backend.py").write_text(MODULE.replace("EXTRA", "None"))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in ("lacking_backend", "bare_backend"):
        sys.modules.pop(name, None)


def test_the_backends_that_come_with_benchharness_are_there() -> None:
    names = registry.installed_backends()
    assert {"scripted", "transformers"} <= names.keys()
    for entry in names.values():
        assert isinstance(entry, BackendEntry)
        assert entry.title["en"]
        assert entry.title["zh"]
    assert list(names) == sorted(names)


@pytest.mark.parametrize(("wrong", "near"), [("transformer", "transformers"), ("Scripted", "scripted")])
def test_a_misspelt_backend_is_refused_with_the_nearest_name(wrong: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        registry.find_backend(wrong)
    assert f"--backend {wrong}" in caught.value.en
    assert f"Did you mean {near}" in caught.value.en
    assert f"是不是 {near}" in caught.value.zh


def test_an_unknown_backend_is_refused_with_all_names() -> None:
    with pytest.raises(InputError) as caught:
        registry.find_backend("xyz")
    for message in (caught.value.en, caught.value.zh):
        assert "scripted, transformers" in message


@pytest.mark.usefixtures("plugin")
def test_a_backend_from_another_package_is_found() -> None:
    assert registry.find_backend("lacking").title == {"en": "e", "zh": "z"}


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("name", "command"),
    [("lacking", "pip install 'benchharness[ray]'"), ("bare", "pip install 'a_package_that_is_nowhere'")],
)
def test_a_package_that_is_missing_is_named_with_the_command_that_brings_it(name: str, command: str) -> None:
    with pytest.raises(MissingDependencyError) as caught:
        registry.create_backend(name, MODEL, BackendOptions())
    for message in (caught.value.en, caught.value.zh):
        assert "a_package_that_is_nowhere" in message
        assert command in message
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("plugin")
def test_an_entry_point_that_is_no_entry_is_the_fault_of_its_package() -> None:
    with pytest.raises(InputError) as caught:
        registry.find_backend("wrong")
    assert "lacking_backend:NO_ENTRY" in caught.value.en
    assert "lacking_backend:NO_ENTRY" in caught.value.zh


def test_options_of_one_backend_are_checked_by_name() -> None:
    registry.refuse_unknown_options("b", BackendOptions(extra={"one": "1"}), ("one", "two"))
    with pytest.raises(InputError, match="There are: one, two") as caught:
        registry.refuse_unknown_options("b", BackendOptions(extra={"three": "1"}), ("one", "two"))
    assert "--option three" in caught.value.zh
    with pytest.raises(InputError, match="It has none"):
        registry.refuse_unknown_options("b", BackendOptions(extra={"three": "1"}))


def test_a_backend_is_made_without_being_loaded() -> None:
    made: Backend = registry.create_backend("scripted", MODEL, BackendOptions(extra={"default": "A"}))
    assert made.facts.backend == "scripted"
