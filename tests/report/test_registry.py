import io

import pytest
from rich.console import Console, RenderableType

from benchharness.registry.models import ModelSpec, load_models
from benchharness.report.registry import facts_view, model_facts, models_view

PRICES = {
    "input": 2,
    "output": 8,
    "cached_input": 0.5,
    "currency": "CNY",
    "as_of": "2025-08-21",
    "source": "https://example.com/prices",
    "tiers": [{"over": 32000, "input": 4, "output": 16}],
}
CLOSED = ModelSpec.model_validate(
    {
        "name": "student-1",
        "weights": "closed",
        "endpoint": {
            "model": "student-1-2025",
            "base_url": "https://api.example.com/v1",
            "key_variable": "STUDENT_KEY",
            "until": "2030-01-31",
            "prices": PRICES,
        },
    }
)
RETIRED = ModelSpec.model_validate({"name": "student-0", "weights": "closed", "unserved": "retired"})
OPEN = ModelSpec.model_validate({"name": "student-open", "hub": "acme/student", "parameters": 7e9})


def draw(view: RenderableType, width: int = 120) -> str:
    console = Console(width=width, file=io.StringIO(), record=True, highlight=False)
    console.print(view)
    return console.export_text(styles=False)


def test_models_with_files_and_models_at_servers_are_two_tables() -> None:
    drawn = draw(models_view([OPEN, CLOSED, RETIRED]))
    with_files, at_servers = drawn.split("Served by")
    assert "student-open" in with_files
    assert "student-1" not in with_files
    assert "student-open" not in at_servers
    for text in ("student-1", "example.com", "2030-01-31", "2 / 8 CNY+", "2025-08-21", "student-0", "retired"):
        assert text in at_servers, text
    assert "Served by" not in draw(models_view([OPEN]))
    assert "7B" not in draw(models_view([CLOSED]))


def test_an_open_model_at_a_server_is_in_both_tables() -> None:
    both = OPEN.model_copy(update={"endpoint": CLOSED.endpoint})
    assert draw(models_view([both])).count("student-open") == 2


@pytest.mark.parametrize("width", [80, 120])
def test_every_price_of_the_registry_stands_whole_in_its_table(width: int) -> None:
    lines = draw(models_view([spec for spec in load_models().values() if spec.weights == "closed"]), width).splitlines()
    for spec in load_models().values():
        if spec.weights == "closed" and spec.endpoint and spec.endpoint.prices:
            prices = spec.endpoint.prices
            price = f"{prices.input:g} / {prices.output:g} {prices.currency}"
            assert any(line.startswith(f"{spec.name} ") and price in line for line in lines), spec.name


@pytest.mark.parametrize(
    ("language", "key_is_set", "texts"),
    [
        (
            "en",
            True,
            [
                "https://api.example.com/v1 (until 2030-01-31)",
                "STUDENT_KEY (set)",
                "input 2, cached input 0.5, output 8 (CNY per million tokens, 2025-08-21)",
                "prompts above 32,000 tokens: input 4, cached input 4, output 16",
            ],
        ),
        (
            "zh",
            False,
            ["（至 2030-01-31）", "STUDENT_KEY（未设置）", "输入 2，缓存命中 0.5，输出 8", "提示超过 32,000 词元："],
        ),
    ],
)
def test_a_model_is_shown_with_endpoint_and_prices(
    language: str, *, key_is_set: bool, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    drawn = draw(facts_view(model_facts(CLOSED, key_is_set=key_is_set)))
    for text in ["student-1-2025", "https://example.com/prices", *texts]:
        assert text in drawn, text


@pytest.mark.parametrize(("language", "words"), [("en", ("retired", "not known")), ("zh", ("已下线", "未知"))])
def test_what_is_not_known_of_a_server_is_said(
    language: str, words: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    assert words[0] in draw(facts_view(model_facts(RETIRED, key_is_set=False)))
    assert CLOSED.endpoint is not None
    unpriced = CLOSED.model_copy(update={"endpoint": CLOSED.endpoint.model_copy(update={"prices": None})})
    assert words[1] in draw(facts_view(model_facts(unpriced, key_is_set=False)))
