from collections.abc import Callable
from typing import Any

import pytest

from benchharness.records import Item, Language, Message, Role
from benchharness.registry.catalogue import TaskFile, TaskSelection, select_task
from benchharness.tasks.items import load_groups
from benchharness.tasks.prompts import PromptBuilder, take_shots

Refused = Callable[..., str]
MakeTask = Callable[..., TaskFile]

ROWS = [{"id": "q", "text": "文", "question": "问", "options": ["甲乙", "丙丁"], "answer": "B"}]
SHOTS = [
    {"id": "s1", "text": "T1", "question": "Q1", "options": ["x1", "y1"], "answer": "A"},
    {"id": "s2", "text": "T2", "question": "Q2", "options": ["x2", "y2"], "answer": "B"},
]
ITEM = {"id": "id", "target": "answer", "options": "options"}
PROMPT = {
    "system": "系统",
    "instruction": "说明",
    "passage": "短文：{{ text }}",
    "question": "问题：{{ question }}",
    "option": "{{ label }}. {{ text }}",
    "answer_prefix": "答案：",
}
SHOTS_KEY = {"count": 2, "path": "shots.jsonl"}


@pytest.fixture
def choose(make_task: MakeTask) -> TaskFile:
    return make_task(
        ROWS, SHOTS, languages=["zh"], item=ITEM, prompt={"zh": PROMPT}, shots=SHOTS_KEY, choose_by_letter=True
    )


@pytest.fixture
def generate(make_task: MakeTask) -> TaskFile:
    prompt = {"question": "{{ question }}", "answer_prefix": "答：", "shot_answer": "{{ target }}。"}
    return make_task(ROWS, SHOTS, languages=["zh"], prompt={"zh": prompt}, shots=SHOTS_KEY)


def ask(file: TaskFile, template: Any, shots_as: Any = "turns", count: int = 0) -> tuple[Message, ...]:
    group = next(load_groups([TaskSelection(file=file)], tuple(Language), limit=None, seed=0, data_root=None))
    return PromptBuilder(file, template, shots_as).messages(group.items[0], group.shots[:count])


def named(messages: tuple[Message, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(m.role.value, [(segment.name, segment.text) for segment in m.segments]) for m in messages]


def test_plain_text_is_one_message_of_named_segments(choose: TaskFile) -> None:
    assert named(ask(choose, "plain", count=1)) == [
        (
            "user",
            [
                ("system", "系统\n\n"),
                ("instruction", "说明\n\n"),
                ("shot 1", "短文：T1\n问题：Q1\nA. x1\nB. y1\n答案：A\n\n"),
                ("passage", "短文：文\n"),
                ("question", "问题：问\n"),
                ("option A", "A. 甲乙\n"),
                ("option B", "B. 丙丁\n"),
                ("answer_prefix", "答案："),
            ],
        )
    ]


def test_in_a_chat_examples_are_turns_and_the_answer_begins_in_the_assistants(choose: TaskFile) -> None:
    assert named(ask(choose, "chat", "turns", 2)) == [
        ("system", [("system", "系统")]),
        ("user", [("instruction", "说明\n\n"), ("shot 1", "短文：T1\n问题：Q1\nA. x1\nB. y1")]),
        ("assistant", [("shot 1 answer", "答案：A")]),
        ("user", [("shot 2", "短文：T2\n问题：Q2\nA. x2\nB. y2")]),
        ("assistant", [("shot 2 answer", "答案：B")]),
        (
            "user",
            [
                ("passage", "短文：文\n"),
                ("question", "问题：问\n"),
                ("option A", "A. 甲乙\n"),
                ("option B", "B. 丙丁"),
            ],
        ),
        ("assistant", [("answer_prefix", "答案：")]),
    ]


def test_in_a_chat_examples_may_be_text_in_the_questions_turn(choose: TaskFile) -> None:
    system, user, assistant = named(ask(choose, "chat", "text", 1))
    assert system == ("system", [("system", "系统")])
    assert user[1][:2] == [
        ("instruction", "说明\n\n"),
        ("shot 1", "短文：T1\n问题：Q1\nA. x1\nB. y1\n答案：A\n\n"),
    ]
    assert assistant == ("assistant", [("answer_prefix", "答案：")])


def test_without_examples_the_instruction_opens_the_questions_turn(choose: TaskFile) -> None:
    assert [name for name, _ in named(ask(choose, "chat"))[1][1]] == [
        "instruction",
        "passage",
        "question",
        "option A",
        "option B",
    ]


def test_a_generated_answer_begins_as_the_model_likes_in_a_chat_but_not_in_plain_text(generate: TaskFile) -> None:
    assert named(ask(generate, "chat", "turns", 1)) == [
        ("user", [("shot 1", "Q1")]),
        ("assistant", [("shot 1 answer", "A。")]),
        ("user", [("question", "问")]),
    ]
    assert named(ask(generate, "plain", count=1)) == [
        ("user", [("shot 1", "Q1\n答：A。\n\n"), ("question", "问\n"), ("answer_prefix", "答：")])
    ]


def test_a_generated_answer_goes_on_from_its_prefix_where_the_protocol_says_so(generate: TaskFile) -> None:
    group = next(load_groups([TaskSelection(file=generate)], tuple(Language), limit=None, seed=0, data_root=None))

    def messages(template: Any) -> tuple[Message, ...]:
        builder = PromptBuilder(generate, template, "turns", opens_answer=True)
        return builder.messages(group.items[0], group.shots[:1])

    assert named(messages("chat")) == [
        ("user", [("shot 1", "Q1")]),
        ("assistant", [("shot 1 answer", "答：A。")]),
        ("user", [("question", "问")]),
        ("assistant", [("answer_prefix", "答：")]),
    ]
    assert messages("plain") == ask(generate, "plain", count=1)


@pytest.mark.parametrize(("template", "shots_as"), [("chat", "turns"), ("chat", "text"), ("plain", "text")])
def test_the_final_message_is_an_assistants_only_where_it_begins_an_answer(
    template: str, shots_as: str, choose: TaskFile
) -> None:
    roles = [message.role for message in ask(choose, template, shots_as, 2)]
    assert (roles[-1] is Role.ASSISTANT) == (template == "chat")
    assert roles.count(Role.SYSTEM) == (template == "chat")


@pytest.mark.parametrize(
    ("language", "delimiter", "answer"),
    [
        ("zh", None, "答案：A"),
        ("en", None, "答案： A"),
        ("zh", " ", "答案： A"),
        ("en", "", "答案：A"),
        ("en", "\n", "答案：\nA"),
    ],
)
def test_the_delimiter_stands_between_prefix_and_answer(
    language: str, delimiter: str | None, answer: str, make_task: MakeTask
) -> None:
    prompt = {language: {"question": "{{ question }}", "answer_prefix": "答案：", "delimiter": delimiter}}
    named_keys = {"languages": [language], "item": ITEM, "prompt": prompt, "shots": SHOTS_KEY}
    file = make_task(ROWS, SHOTS, choose_by_letter=True, **named_keys)
    assert named(ask(file, "plain", count=1))[0][1][0] == ("shot 1", f"Q1\n{answer}\n\n")
    item = next(load_groups([TaskSelection(file=file)], tuple(Language), limit=1, seed=0, data_root=None)).items[0]
    for template in ("plain", "chat"):
        builder = PromptBuilder(file, template, "text")
        assert f"答案：{builder.continuation_delimiter(item)}A" == answer


def test_nothing_stands_before_an_answer_that_opens_the_assistants_turn(make_task: MakeTask) -> None:
    prompt = {"en": {"question": "{{ question }}"}}
    file = make_task(ROWS, languages=["en"], item=ITEM, prompt=prompt, choose_by_letter=True)
    item = next(load_groups([TaskSelection(file=file)], tuple(Language), limit=1, seed=0, data_root=None)).items[0]
    assert PromptBuilder(file, "chat", "turns").continuation_delimiter(item) == ""
    assert PromptBuilder(file, "plain", "turns").continuation_delimiter(item) == " "
    assert [message.role for message in ask(file, "chat")] == [Role.USER]


def test_the_separator_is_the_tasks(make_task: MakeTask) -> None:
    prompt = {"zh": {"instruction": "说明", "question": "{{ question }}", "separator": "\n###\n"}}
    file = make_task(ROWS, SHOTS, languages=["zh"], prompt=prompt, shots=SHOTS_KEY)
    assert ask(file, "plain", count=1)[0].content == "说明\n###\nQ1\nA\n###\n问"


def test_an_empty_part_leaves_no_line(make_task: MakeTask) -> None:
    prompt = {"zh": {"passage": "{{ passage }}", "question": "{{ question }}"}}
    file = make_task([{"passage": "", "question": "问", "answer": 1}], languages=["zh"], prompt=prompt)
    assert named(ask(file, "plain")) == [("user", [("question", "问")])]


def test_a_name_that_a_prompt_lacks_is_refused_by_file_and_key(make_task: MakeTask, refused: Refused) -> None:
    file = make_task([{"question": "?", "answer": 1}], languages=["zh"], prompt={"zh": {"question": "{{ qestion }}"}})
    message = refused(ask, file, "plain")
    assert message.startswith(f"{file.path}: prompt.zh.question: ")
    assert "question" in message.rpartition("Names at hand: ")[2]


def items_of(file: TaskFile) -> tuple[Item, tuple[Item, ...]]:
    group = next(load_groups([TaskSelection(file=file)], tuple(Language), limit=None, seed=0, data_root=None))
    return group.items[0], group.shots


def test_too_few_examples_are_an_error(choose: TaskFile, refused: Refused) -> None:
    item, shots = items_of(choose)
    assert take_shots(choose, item, shots, 0) == ()
    assert take_shots(choose, item, shots, 2) == shots
    assert refused(take_shots, choose, item, shots, 3) == "task has 2 worked examples, but 3 shots are asked for."


def test_an_item_is_never_its_own_example(make_task: MakeTask, refused: Refused) -> None:
    rows = [SHOTS[1]]
    file = make_task(rows, SHOTS, languages=["zh"], item=ITEM, shots=SHOTS_KEY)
    item, shots = items_of(file)
    assert [shot.id for shot in take_shots(file, item, shots, 1)] == ["s1"]
    assert "1 worked examples, but 2" in refused(take_shots, file, item, shots, 2)


PUNCTUATION = ",.:;?!"


@pytest.mark.parametrize("template", ["chat", "plain"])
@pytest.mark.parametrize("name", ["arithmetic", "knowledge", "completion"])
def test_a_chinese_prompt_of_the_smoke_suite_is_chinese_to_the_last_mark(name: str, template: Any) -> None:
    file = select_task(name).file
    zh, en = load_groups([TaskSelection(file=file)], tuple(Language), limit=None, seed=0, data_root=None)
    builder = PromptBuilder(file, template, "turns")
    for item in zh.items:
        content = "".join(message.content for message in builder.messages(item, zh.shots[:2]))
        stripped = content.replace("\n", "")
        for label in "ABCD":
            stripped = stripped.replace(f"{label}. ", "")
        assert " " not in stripped, content
        assert not any(mark in stripped for mark in PUNCTUATION), content
    for item in en.items:
        content = "".join(message.content for message in builder.messages(item, en.shots[:2]))
        assert content.isascii(), content
