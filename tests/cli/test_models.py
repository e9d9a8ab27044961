from typing import TYPE_CHECKING

import pytest

from benchharness.registry.models import load_models

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

NAME, VARIABLE = "moonshot-v1-32k", "MOONSHOT_API_KEY"


@pytest.mark.parametrize("weights", ["open", "closed"])
def test_models_are_listed_by_their_weights(desk: "Desk", weights: str) -> None:
    listed = desk.command("models", "list", "--weights", weights, "--json").json
    assert {model["name"] for model in listed} == {
        name for name, spec in load_models().items() if spec.weights == weights
    }
    assert len(listed) > 60


@pytest.mark.parametrize("language", ["en", "zh"])
def test_weights_that_are_none_are_refused(desk: "Desk", language: str) -> None:
    result = desk.command("models", "list", "--weights", "shut", language=language)
    assert result.code == 2
    assert "--weights shut" in result.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_show_tells_whether_the_key_is_set_and_never_the_key(
    desk: "Desk", language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    without = desk.command("models", "show", NAME, language=language).out
    assert desk.command("models", "show", NAME, "--json").json["endpoint"]["key_is_set"] is False
    monkeypatch.setenv(VARIABLE, "sk-very-secret")
    with_key = desk.command("models", "show", NAME, language=language).out
    document = desk.command("models", "show", NAME, "--json")
    assert document.json["endpoint"]["key_is_set"] is True
    assert without != with_key
    assert VARIABLE in without
    assert "very-secret" not in with_key + document.out


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("arguments", [("models", "fetch", NAME), ("run", "--model", NAME, "--tasks", "colours.yaml")])
def test_a_closed_model_has_no_files(desk: "Desk", arguments: tuple[str, ...], language: str) -> None:
    result = desk.command(*arguments, language=language)
    assert result.code == 2
    assert "--backend openai" in result.err
