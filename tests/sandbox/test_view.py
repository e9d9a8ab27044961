import os
import sys
from pathlib import Path

from benchharness.sandbox.view import interpreter_view


def test_the_interpreter_is_no_link_and_lies_in_what_is_shown() -> None:
    view = interpreter_view()
    assert os.path.realpath(view.interpreter) == view.interpreter
    assert os.access(view.interpreter, os.X_OK)
    assert any(Path(view.interpreter).is_relative_to(path) for path in view.read_only)


def test_its_library_is_shown() -> None:
    library = Path(os.path.realpath(os.__file__)).parent
    assert any(library.is_relative_to(path) for path in interpreter_view().read_only)


def test_packages_are_hidden_wherever_they_lie() -> None:
    """This test itself runs on packages; each of them is hidden, or not shown in the first place."""
    view = interpreter_view()
    for path in sys.path:
        place = Path(os.path.realpath(path))
        if place.name in ("site-packages", "dist-packages") and place.is_dir():
            shown = any(place.is_relative_to(folder) for folder in view.read_only)
            assert not shown or str(place) in view.hidden


def test_the_project_is_not_shown() -> None:
    project = Path(__file__).resolve().parents[2]
    for path in interpreter_view().read_only:
        assert not project.is_relative_to(path)
        assert not Path(path).is_relative_to(project)


def test_nothing_is_shown_twice() -> None:
    shown = interpreter_view().read_only
    assert not [(one, other) for one in shown for other in shown if one != other and Path(one).is_relative_to(other)]
    assert len(set(shown)) == len(shown)
