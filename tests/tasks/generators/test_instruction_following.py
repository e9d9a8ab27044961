import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.instructions import score
from benchharness.tasks.generators._instruction_slot import conflict
from benchharness.tasks.generators._instruction_topics import TOPICS
from benchharness.tasks.generators.instruction_following import SLOTS, generate, solve
from benchharness.text.instructions.registry import KINDS, parse_instruction
from benchharness.text.punctuation import find_ascii_slip

Row = dict[str, Any]
Spec = dict[str, Any]


@cache
def rows(seed: int = 2024, count: int = 240) -> tuple[Row, ...]:
    return tuple(generate(seed, count))


def mark(row: Row, language: Language, text: str) -> Score:
    item = Item(row["id"], language, row["answer"], row["category"], {})
    return score(Sample(item, Response("key", FinishReason.STOP, text=text)))


@pytest.mark.parametrize("seed", [2024, 1, 77])
@pytest.mark.parametrize("language", Language)
def test_every_example_answer_deserves_full_marks(seed: int, language: Language) -> None:
    for row in rows(seed):
        found = mark(row, language, row[language.value]["solution"])
        assert (found.value, found.parsed) == (1.0, "all followed"), row["id"]


@pytest.mark.parametrize("language", Language)
def test_neither_the_question_nor_a_refusal_is_an_answer(language: Language) -> None:
    refusal = {Language.ZH: "抱歉，我无法完成这个请求。", Language.EN: "Sorry, I cannot help with that."}[language]
    for row in rows():
        assert mark(row, language, row[language.value]["question"]).value == 0.0, row["id"]
        assert mark(row, language, refusal).value == 0.0, row["id"]


@pytest.mark.parametrize("seed", [2024, 1, 77])
def test_solving_the_problem_gives_the_answer(seed: int) -> None:
    for row in rows(seed):
        again = json.loads(json.dumps(row, ensure_ascii=False))
        assert solve(again) == row["answer"] == again["answer"]


def test_a_problem_that_cannot_be_followed_has_no_answer() -> None:
    problem = {"topic": "city_park", "keywords": [0, 1, 2, 3], "instructions": [{"slot": "numbers", "variant": 0}]}
    with pytest.raises(ValueError, match="topic"):
        solve({"problem": problem})
    clash = [{"slot": name, "variant": 0} for name in ("include_keywords", "numbers", "no_digits")]
    with pytest.raises(ValueError, match="numbers"):
        solve({"problem": problem | {"instructions": clash}})


def test_rows_depend_on_the_seed_alone() -> None:
    assert generate(2024, 12) == list(rows()[:12])
    assert generate(2024, 0) == []
    assert generate(2025, 12) != list(rows()[:12])


@settings(max_examples=5)
@given(st.integers())
def test_any_seed_gives_rows(seed: int) -> None:
    assert [row["id"] for row in generate(seed, 4)] == [f"instruction_following-{n:04}" for n in range(1, 5)]


def test_rows_differ() -> None:
    for language in Language:
        assert len({row[language.value]["question"] for row in rows()}) == len(rows())


def test_difficulties_and_categories_are_shared_out() -> None:
    assert Counter(row["difficulty"] for row in rows()) == {1: 80, 2: 80, 3: 80}
    categories = Counter(row["category"] for row in rows())
    assert len(categories) == 6
    assert min(categories.values()) >= 24
    sizes = {1: {2}, 2: {3}, 3: {4, 5}}
    for row in rows():
        # A slot with many conflicts may leave one place empty.
        assert len(row["answer"]["zh"]) in sizes[row["difficulty"]] | {min(sizes[row["difficulty"]]) - 1}, row["id"]
    whole = sum(len(row["answer"]["zh"]) in sizes[row["difficulty"]] for row in rows())
    assert whole >= 0.95 * len(rows())


def test_the_default_rows_use_every_kind_topics_enough_and_forms_alike() -> None:
    used = {spec["kind"] for row in rows() for language in Language for spec in row["answer"][language.value]}
    assert used == set(KINDS)
    assert len({row["problem"]["topic"] for row in rows()}) >= 55
    assert len(TOPICS) >= 60
    assert min(Counter(row["problem"]["form"] for row in rows()).values()) >= 60


def test_no_two_instructions_of_a_row_conflict_and_one_names_words_of_the_topic() -> None:
    for row in rows():
        slots = [SLOTS[one["slot"]] for one in row["problem"]["instructions"]]
        assert not any(conflict(one, two) for one, two in combinations(slots, 2)), row["id"]
        for language in Language:
            named = json.dumps(row["answer"][language.value], ensure_ascii=False)
            topic = TOPICS[row["problem"]["topic"]]
            words = topic.zh.keywords + topic.en.keywords
            traditional = any(slot.name == "script" for slot in slots) and language is Language.ZH
            assert traditional or any(f'"{word}"' in named for word in words), row["id"]


def test_both_halves_ask_for_the_same_kinds_or_their_counterparts() -> None:
    counterparts = {(slot.kinds[0], slot.kinds[1]) for slot in SLOTS.values()}
    for row in rows():
        pairs = zip(row["answer"]["zh"], row["answer"]["en"], strict=True)
        assert all((zh["kind"], en["kind"]) in counterparts for zh, en in pairs), row["id"]


@pytest.mark.parametrize("language", Language)
def test_every_parameter_stands_in_the_question(language: Language) -> None:
    # Said in other words: brackets and marks one by one, languages by name, 第N部分 as 第1部分.
    unsaid = {"kind", "brackets", "language", "marks"}
    for row in rows():
        question = row[language.value]["question"]
        for spec in row["answer"][language.value]:
            for name, value in spec.items():
                if name in unsaid or (spec["kind"], name) == ("sections", "marker"):
                    continue
                for one in value if isinstance(value, list) else [value]:
                    assert str(one) in question, (row["id"], spec)


def test_chinese_questions_have_full_width_punctuation() -> None:
    for row in rows():
        assert find_ascii_slip(row["zh"]["question"]) is None, row["zh"]["question"]
        assert "{" not in row["zh"]["question"] + row["en"]["question"]
        assert not re.search("[\u3400-\u9fff]", _unquoted(row["en"]["question"])), row["en"]["question"]


def _unquoted(question: str) -> str:
    return re.sub('"[^"]*"', "", question)


def test_requests_and_words_of_topics_do_not_give_keywords_away() -> None:
    for topic in TOPICS.values():
        for side in (topic.zh, topic.en):
            assert len(set(side.keywords)) == 4
            assert len(set(side.tempting) - set(side.keywords)) == 2
            for word in side.keywords + side.tempting:
                assert word.lower() not in (side.request + side.noun).lower(), (topic.name, word)


def _beyond(add: str, remove: Callable[[str, Spec], str]) -> Callable[[str, Spec], str]:
    """Return a change that adds more than ``most``, or, where there is no such bound, removes all."""

    def change(text: str, spec: Spec) -> str:
        if "most" in spec:
            return text + "".join(add.format(**spec) for _ in range(spec["most"] + 1))
        return remove(text, spec)

    return change


def _without(pattern: str) -> Callable[[str, Spec], str]:
    return lambda text, spec: re.sub(pattern, "", text) + "x"


def _appended(suffix: str) -> Callable[[str, Spec], str]:
    return lambda text, spec: text + suffix.format(**spec)


def _prefixed(prefix: str) -> Callable[[str, Spec], str]:
    return lambda text, spec: prefix + text


def _unsay(text: str, spec: Spec) -> str:
    word: str = (spec.get("words") or [spec["word"]])[0]
    return re.sub(re.escape(word), "x", text, flags=re.IGNORECASE)


def _enclose_more(text: str, spec: Spec) -> str:
    opening, closing = spec["marks"]
    if "most" in spec:
        return text + f" {opening}x{closing}" * (int(spec["most"]) + 1)
    return text.replace(opening, "").replace(closing, "")


def _long_part(unit: str, before: str, after: str) -> Callable[[str, Spec], str]:
    """Return a change that appends a part with more units than ``most``, or with none."""
    return lambda text, spec: text + before + unit * (int(spec["most"]) + 1 if "most" in spec else 0) + after


BREAK: dict[str, Callable[[str, Spec], str]] = {
    "characters": _beyond("字", _without("[\u3400-\u9fff]")),
    "words": _beyond(" word", lambda text, spec: text.split()[0]),
    "sentences": _beyond("\n句", lambda text, spec: re.sub("[。.！!？?]", "", text)),
    "paragraphs": _beyond("\n\n段", lambda text, spec: text.replace("\n\n", "\n")),
    "lines": _beyond("\n行", lambda text, spec: text.replace("\n", "")),
    "sentence_characters": _long_part("字", "\n", "1。"),
    "sentence_words": _long_part(" word", "\n", " x."),
    "paragraph_characters": _long_part("字", "\n\n", "1"),
    "paragraph_words": _long_part(" word", "\n\n", " x."),
    "paragraph_sentences": _long_part("句。 X. ", "\n\n", "x"),
    "line_characters": _long_part("字", "\n", "1"),
    "line_words": _long_part(" word", "\n", " x"),
    "increasing_lines": _appended("\n短"),
    "bullet_list": _appended("\n- x"),
    "numbered_list": _appended("\n9. x"),
    "headings": lambda text, spec: text + "\n" + "#" * spec["level"] + " x",
    "table": lambda text, spec: text + "\n" + text.splitlines()[-1],
    "bold": _beyond(" **x**", lambda text, spec: text.replace("**", "")),
    "json_object": _prefixed("x"),
    "code_block": _appended("\nx"),
    "dividers": _appended("\n{marker}\nx"),
    "start_with": _prefixed("x"),
    "end_with": _appended("x"),
    "same_ends": _appended(" x"),
    "acrostic": _appended("\nx"),
    "distinct_starts": lambda text, spec: text + "\n" + text,
    "line_start": _appended("\nx"),
    "line_end": _appended("\nx"),
    "paragraph_start": _prefixed("x\n\n"),
    "title": _prefixed("x\n"),
    "two_responses": lambda text, spec: text.replace("******", "***"),
    "postscript": _appended("\n\nx"),
    "quotation": _prefixed("x"),
    "repeat_request": _prefixed("x"),
    "sections": lambda text, spec: text + "\n" + spec["marker"].replace("N", "9") + " x",
    "labelled_lines": lambda text, spec: text.replace(spec["labels"][0], ""),
    "include_keywords": _unsay,
    "exclude_words": lambda text, spec: f"{text} {spec['words'][0]}",
    "keyword_frequency": _beyond(" {word}", _unsay),
    "keyword_order": lambda text, spec: f"{spec['words'][-1]} {text}",
    "keyword_in_sentence": _unsay,
    "keyword_in_each_paragraph": _appended("\n\nx"),
    "avoid_character": _appended("{character}"),
    "avoid_letter": _appended("{letter}"),
    "letter_frequency": lambda text, spec: re.sub(spec["letter"], "", text, flags=re.IGNORECASE),
    "no_comma": _appended(","),
    "only_punctuation": _appended("（"),
    "mark_count": _beyond("{mark}", lambda text, spec: text.replace(spec["mark"], "")),
    "questions": _beyond("\n好？", lambda text, spec: re.sub("[?？]", "", text)),
    "end_question": _appended("x"),
    "enclosed": _enclose_more,
    "placeholders": _beyond("[x]", _without(r"[\[\]]")),
    "full_width_punctuation": _appended(","),
    "ascii_only": _appended("—"),
    "no_digits": _appended("3"),
    "numbers": _beyond(" 7", _without(r"\d")),
    "ascending_numbers": _appended(" 1"),
    "times": _beyond(" 01:01", _without(":")),
    "dates": _beyond(" 2025-01-01", _without("-")),
    "chinese_numerals": _appended("3"),
    "spelled_numbers": _appended(" 3"),
    "answer_language": lambda text, spec: text + ("\nThis is English." if spec["language"] == "zh" else "汉"),
    "traditional": _appended("国"),
    "han_only": _appended("A"),
    "no_particles": _appended("吗"),
    "reduplication": lambda text, spec: re.sub(r"(.)\1(.)\2", r"\1\2", text),
    "all_capitals": _appended("a"),
    "all_lowercase": _appended("A"),
    "capital_words": _beyond(" VERY", lambda text, spec: text.lower()),
    "hyphenated_words": lambda text, spec: text.replace("-", " "),
    "no_contractions": _appended(" don't"),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_example_answer_with_one_instruction_broken_is_wrong(kind: str) -> None:
    broken = 0
    for row in rows():
        for language in Language:
            for spec in row["answer"][language.value]:
                if spec["kind"] != kind:
                    continue
                solution = row[language.value]["solution"]
                changed = BREAK[kind](solution, spec)
                assert parse_instruction(spec, language).follows(solution)
                assert not parse_instruction(spec, language).follows(changed), (row["id"], changed)
                found = mark(row, language, changed)
                assert found.value == 0.0
                assert kind in str(found.parsed)
                broken += 1
    assert broken > 0
