"""What a protocol comes to for one model."""

import pytest

from benchharness.errors import InputError
from benchharness.registry.models import ModelSpec
from benchharness.registry.protocols import ProtocolSpec, load_protocols
from benchharness.runs.plan import settle_conventions


def model(kind: str | None = None, thinking: str | None = None) -> ModelSpec:
    return ModelSpec.model_validate({"name": "m", "kind": kind, "thinking": thinking})


def protocol(**settings: object) -> ProtocolSpec:
    return ProtocolSpec.model_validate({"name": "p", **settings})


@pytest.mark.parametrize(
    ("kind", "has_template", "expected"),
    [
        ("chat", True, "chat"),
        ("base", True, "plain"),
        ("base", False, "plain"),
        (None, True, "chat"),
        (None, False, "plain"),
    ],
)
def test_auto_takes_the_template_of_a_model_that_is_made_for_it(
    kind: str | None, has_template: bool, expected: str
) -> None:
    assert settle_conventions(protocol(), model(kind), has_template=has_template).template == expected


@pytest.mark.parametrize("kind", ["chat", "base", None])
@pytest.mark.parametrize("has_template", [True, False])
def test_plain_asks_every_model_in_plain_text(kind: str | None, has_template: bool) -> None:
    settled = settle_conventions(protocol(template="plain"), model(kind), has_template=has_template)
    assert settled.template == "plain"


@pytest.mark.parametrize("kind", ["chat", "base", None])
def test_chat_takes_the_template_where_there_is_one(kind: str | None) -> None:
    assert settle_conventions(protocol(template="chat"), model(kind), has_template=True).template == "chat"


@pytest.mark.parametrize(("template", "kind"), [("auto", "chat"), ("chat", "chat"), ("chat", "base"), ("chat", None)])
def test_without_a_template_the_error_names_the_way_out_in_both_languages(template: str, kind: str | None) -> None:
    with pytest.raises(InputError) as caught:
        settle_conventions(protocol(template=template), model(kind), has_template=False)
    assert "--template plain" in caught.value.en
    assert "--template plain" in caught.value.zh
    assert "对话模板" in caught.value.zh


@pytest.mark.parametrize(
    ("asked", "can", "thinking", "reasons"),
    [
        ("off", "none", False, False),
        ("off", "hybrid", False, False),
        ("off", None, False, False),
        ("off", "always", False, True),
        ("on", "none", True, False),
        ("on", "hybrid", True, True),
        ("on", None, True, True),
        ("on", "always", True, True),
    ],
)
def test_a_model_reasons_where_it_cannot_help_it_or_is_asked_to_and_can(
    asked: str, can: str | None, thinking: bool, reasons: bool
) -> None:
    chosen = protocol(thinking=asked, reasoning_tokens=100)
    settled = settle_conventions(chosen, model("chat", can), has_template=True)
    assert (settled.thinking, settled.reasons, settled.reasoning_tokens) == (thinking, reasons, 100)


def test_in_plain_text_no_model_is_expected_to_reason() -> None:
    chosen = protocol(template="plain", thinking="on")
    assert settle_conventions(chosen, model("chat", "always"), has_template=True).reasons is False


def test_shots_pass_through_and_zero_is_not_left_open() -> None:
    for shots in (None, 0, 3):
        settled = settle_conventions(protocol(shots=shots, shots_as="text"), model(), has_template=True)
        assert settled.shots == shots
        assert settled.shots_as == "text"


@pytest.mark.parametrize("name", sorted(load_protocols()))
def test_every_preset_settles_for_a_chat_model_and_a_base_model(name: str) -> None:
    chosen = load_protocols()[name]
    for kind in ("chat", "base"):
        assert settle_conventions(chosen, model(kind), has_template=True).template in ("chat", "plain")
