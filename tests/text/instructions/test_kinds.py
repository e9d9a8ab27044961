import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.text.instructions.registry import KINDS, parse_instruction, theme_of

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()
]
EXAMPLES = {(case["kind"], case["language"]): {"kind": case["kind"], **case["params"]} for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{case['language']}")
def test_a_kind_tells_texts_that_follow_it_from_others(case: dict[str, Any]) -> None:
    instruction = parse_instruction({"kind": case["kind"], **case["params"]}, Language(case["language"]))
    wrong = [text for text in case["yes"] if not instruction.follows(text)]
    wrong += [text for text in case["no"] if instruction.follows(text)]
    assert wrong == []


def test_every_kind_has_cases_of_both_sorts_in_each_of_its_languages() -> None:
    wanted = {(name, language.value) for name, kind in KINDS.items() for language in kind.languages}
    assert {(case["kind"], case["language"]) for case in CASES if case["yes"] and case["no"]} == wanted


@pytest.mark.parametrize("language", Language)
def test_there_are_enough_kinds_in_each_language(language: Language) -> None:
    assert sum(language in kind.languages for kind in KINDS.values()) >= 35


def test_the_document_defines_every_kind_and_no_other() -> None:
    document = (Path(__file__).parents[3] / "docs" / "instructions.md").read_text("utf-8")
    kinds = document.partition("\n## Kinds\n")[2].partition("\n## The task\n")[0]
    rows = re.findall(r"^\| `(\w+)`(?: \((zh|en)\))? \|", kinds, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(KINDS)
    for name, only in rows:
        languages = {Language(only)} if only else set(Language)
        assert KINDS[name].languages == languages, name


def test_every_kind_has_a_theme() -> None:
    assert {theme_of(kind) for kind in KINDS} == {
        "length",
        "markdown",
        "structure",
        "keywords",
        "characters",
        "writing",
    }


@pytest.mark.parametrize(
    ("spec", "language", "words"),
    [
        ("no_comma", Language.ZH, ["not an instruction", "no_comma"]),
        ({"least": 3}, Language.ZH, ["`kind`"]),
        ({"kind": "rhyme"}, Language.ZH, ["'rhyme'", "no_comma"]),
        ({"kind": ["no_comma"]}, Language.ZH, ["no_comma"]),
        ({"kind": "traditional"}, Language.EN, ["traditional", "en"]),
        ({"kind": "words", "least": 3}, Language.ZH, ["words", "zh"]),
        ({"kind": "no_comma", "strict": True}, Language.ZH, ["no_comma", "strict"]),
        ({"kind": "sentences"}, Language.EN, ["sentences", "`least`"]),
        ({"kind": "sentences", "least": 3, "most": 2}, Language.EN, ["`least` 3", "`most` 2"]),
        ({"kind": "sentences", "least": "3"}, Language.EN, ["sentences", "least"]),
        ({"kind": "sentences", "least": -1}, Language.EN, ["sentences", "least"]),
        ({"kind": "include_keywords", "words": []}, Language.EN, ["include_keywords", "words"]),
        ({"kind": "include_keywords", "words": ["a", ""]}, Language.EN, ["include_keywords", "words"]),
        ({"kind": "include_keywords", "words": "lake"}, Language.EN, ["include_keywords", "words"]),
        ({"kind": "avoid_letter", "letter": "ab"}, Language.EN, ["avoid_letter", "letter"]),
        ({"kind": "avoid_character", "character": "a"}, Language.ZH, ["avoid_character", "character"]),
        ({"kind": "sections", "marker": "Part", "count": 2}, Language.EN, ["sections", "`N`"]),
        ({"kind": "answer_language", "language": "fr"}, Language.EN, ["answer_language", "language"]),
    ],
)
def test_what_is_no_instruction_is_refused_by_name(spec: object, language: Language, words: list[str]) -> None:
    with pytest.raises(ValueError) as caught:
        parse_instruction(spec, language)
    assert all(word in str(caught.value) for word in words)


@given(st.sampled_from(sorted(EXAMPLES)), st.text(min_size=1).filter(str.strip))
def test_no_kind_raises_whatever_the_text(example: tuple[str, str], text: str) -> None:
    assert parse_instruction(EXAMPLES[example], Language(example[1])).follows(text) in (True, False)


@given(st.sampled_from(sorted(EXAMPLES)), st.sampled_from(list('*#|"`[{<。.?!-—\n1年a ')), st.integers(1, 3000))
def test_long_runs_of_one_character_are_read(example: tuple[str, str], char: str, count: int) -> None:
    text = "水 a" + char * count
    assert parse_instruction(EXAMPLES[example], Language(example[1])).follows(text) in (True, False)
