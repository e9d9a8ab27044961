"""Every rule of validation: a good task passes, and a copy with one thing broken fails with the item's id."""

import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.records import Language
from benchharness.registry.catalogue import TaskSelection
from benchharness.runs.validate import validate_task
from benchharness.runs.validation.findings import ValidationReport
from benchharness.tokens.tokenizer import ByteTokenizer

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

Row = dict[str, Any]

DOCUMENT: dict[str, Any] = {
    "name": "capitals",
    "version": 1,
    "title": {"zh": "首都", "en": "Capitals"},
    "licence": "CC-BY-4.0",
    "languages": ["zh", "en"],
    "request": "choose",
    "source": {"kind": "jsonl", "path": "capitals.jsonl", "paired": True},
    "item": {"id": "id", "target": "answer", "options": "options", "required": ["difficulty", "why"]},
    "prompt": {
        "zh": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "答案："},
        "en": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "Answer:"},
    },
    "choose": {"by": "letter"},
    "scorer": "choice",
}
COUNTRIES = (
    ("法国", "巴黎", "France", "Paris"), ("日本", "东京", "Japan", "Tokyo"), ("埃及", "开罗", "Egypt", "Cairo"),
    ("秘鲁", "利马", "Peru", "Lima"), ("挪威", "奥斯陆", "Norway", "Oslo"), ("肯尼亚", "内罗毕", "Kenya", "Nairobi"),
    ("泰国", "曼谷", "Thailand", "Bangkok"), ("古巴", "哈瓦那", "Cuba", "Havana"),
)  # fmt: skip
SCENES = (
    ("地理课上，老师问：{}的首都是哪座城市？", "In a geography lesson the teacher asks for the capital of {}."),
    ("小明要给住在{}首都的笔友写信，信封上应写哪座城市？", "Tom has a friend in the capital of {}. Which city is it?"),
    ("旅行社推出了{}首都三日游，目的地是哪里？", "A tour of three days goes to the capital of {}. Where does it lead?"),
    ("一位外交官被派往{}首都的使馆工作，她将住在哪里？", "A diplomat works in the capital of {}. Where is she?"),
    ("棋赛决赛将在{}的首都举行，选手们要飞往何处？", "The chess final is in the capital of {}. Where is it?"),
    ("邮票上印着{}首都的夜景，画的是哪座城市？", "A stamp shows the capital of {} by night. Which city does it show?"),
)  # fmt: skip


def rows() -> list[Row]:
    """48 pairs, each letter right equally often."""
    made: list[Row] = []
    for number in range(48):
        place, scene = number % 8, SCENES[number // 8]
        four = [COUNTRIES[(place + step * (1, -1, 3)[number // 16]) % 8] for step in range(4)]
        right = number % 4
        zh, en = scene[0].format(four[0][0]), scene[1].format(four[0][2])
        ordered = [*four[1 : 1 + right], four[0], *four[1 + right :]]
        made.append(
            {
                "id": f"c{number:02d}",
                "difficulty": number % 3 + 1,
                "why": f"{four[0][3]} is the capital of {four[0][2]}.",
                "answer": "ABCD"[right],
                "zh": {
                    "question": f"第{number}题，{zh}",
                    "options": [one[1] for one in ordered],
                },
                "en": {
                    "question": f"No. {number}. {en}",
                    "options": [one[3] for one in ordered],
                },
            }
        )
    return made


def validate(selection: TaskSelection, *, tokenizer: bool = False) -> ValidationReport:
    chosen = ByteTokenizer() if tokenizer else None
    return validate_task(selection, data_root=None, tokenizer=chosen, data_is_optional=False)


def problems(report: ValidationReport) -> str:
    return "\n".join(problem.en for problem in report.problems)


def test_a_good_task_passes_and_is_counted(classroom: "Classroom") -> None:
    report = validate(classroom.task(DOCUMENT, rows()), tokenizer=True)
    assert problems(report) == ""
    assert report.items == {Language.ZH: 48, Language.EN: 48}
    assert (report.pairs, report.targets) == (48, {"A": 24, "B": 24, "C": 24, "D": 24})
    assert report.difficulties == {"1": 32, "2": 32, "3": 32}


def repeat(made: list[Row]) -> None:
    made[20]["en"] = copy.deepcopy(made[4]["en"])
    made[20]["answer"] = made[4]["answer"]


def nearly_repeat(made: list[Row]) -> None:
    made[20]["zh"]["question"] = made[4]["zh"]["question"].replace("哪座城市", "哪个城市")
    made[20]["zh"]["options"] = list(made[4]["zh"]["options"])


def always_b(made: list[Row]) -> None:
    for row in made[:36]:
        right = "ABCD".index(row["answer"])
        for half in ("zh", "en"):
            options = row[half]["options"]
            options[1], options[right] = options[right], options[1]
        row["answer"] = "B"


def explain_the_right_one(made: list[Row]) -> None:
    for row in made[:36]:
        row["zh"]["options"]["ABCD".index(row["answer"])] += "（该国首都）"


BREAKS: list[tuple[str, Callable[[list[Row]], object], str]] = [
    ("two questions in one", repeat, "capitals c20 (en): asks the same as c04"),
    ("nearly the same", nearly_repeat, "capitals c20 (zh): asks almost the same as c04"),
    ("a column missing", lambda made: made[7].pop("why"), "capitals c07 (zh): the column `why` is missing"),
    ("an empty column", lambda made: made[7].update(difficulty=""), "capitals c07 (en): the column `difficulty`"),
    (
        "two equal options",
        lambda made: made[9]["zh"]["options"].__setitem__(0, made[9]["zh"]["options"][1]),
        "c09 (zh)",
    ),
    ("no such option", lambda made: made[9].update(answer="E"), "'E'"),
    ("ASCII in Chinese", lambda made: made[3]["zh"].update(question="法国的首都是哪座城市?"), "c03 (zh): ASCII"),
    ("a space in Chinese", lambda made: made[3]["zh"].update(question="法国 的首都是哪座城市？"), "c03 (zh): ASCII"),
    ("a half that says less", lambda made: made[5]["zh"].update(question="请仔细回答。" * 40), "pair c05: the lengths"),
    ("options missing", lambda made: made[5]["en"]["options"].pop(), "pair c05: zh has 4 options, en has 3"),
    ("always B", always_b, "B is right in"),
    ("the longest is right", explain_the_right_one, "where one option is longer than all others, it is right in"),
]


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS])
def test_a_broken_copy_fails_with_the_item_s_id(
    classroom: "Classroom", change: Callable[[list[Row]], object], said: str
) -> None:
    made = rows()
    change(made)
    report = validate(classroom.task(DOCUMENT, made))
    assert said in problems(report)
    assert all(problem.zh != problem.en for problem in report.problems)


def test_halves_with_other_answers_and_halves_alone_are_named(classroom: "Classroom") -> None:
    source = {"kind": "jsonl", "path": {"zh": "z.jsonl", "en": "e.jsonl"}}
    selection = classroom.task(DOCUMENT, rows())
    path = selection.file.path
    flat = {half: [{**row, **row[half]} for row in rows()] for half in ("zh", "en")}
    flat["en"][6]["answer"] = "ABCD"[("ABCD".index(flat["en"][6]["answer"]) + 1) % 4]
    del flat["zh"][11]
    for half in ("zh", "en"):
        lines = [json.dumps(row, ensure_ascii=False) for row in flat[half]]
        (path.parent / f"{half[0]}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    spec = selection.spec.model_copy(update={"source": type(selection.spec.source).model_validate(source)})
    file = selection.file.model_copy(update={"spec": spec})
    found = problems(validate(TaskSelection(file=file)))
    assert "pair c06: the answers differ" in found
    assert "pair c11: stands in en only" in found


def test_an_example_that_is_a_question_is_named(classroom: "Classroom") -> None:
    selection = classroom.task(DOCUMENT, rows(), shots={"count": 1, "path": "capitals.jsonl"})
    assert "capitals c00 (zh): is also a worked example" in problems(validate(selection))


def test_a_licence_that_is_none_is_refused(classroom: "Classroom") -> None:
    found = problems(validate(classroom.task(DOCUMENT, rows(), licence="do what you like")))
    assert "licence: not an SPDX expression" in found
    assert problems(validate(classroom.task(DOCUMENT, rows(), licence="LicenseRef-ours"))) == ""


def test_a_solution_that_is_no_solution_is_named(classroom: "Classroom") -> None:
    item = {"id": "id", "target": "answer", "solution": "solution"}
    good = [
        {
            "id": f"s{number}",
            "answer": number,
            "solution": f"答案：{number}",
            "zh": {"question": f"{number}加0等于几？"},
            "en": {"question": f"What is {number} plus 0?"},
        }
        for number in range(4)
    ]
    settings: dict[str, Any] = {
        "request": "generate", "choose": None, "generate": {"max_new_tokens": 12}, "scorer": "number", "item": item,
        "prompt": {half: {"question": "{{ question }}"} for half in ("zh", "en")},
    }  # fmt: skip
    assert problems(validate(classroom.task(DOCUMENT, good, **settings), tokenizer=True)) == ""
    good[2]["solution"] = "答案：3"
    assert "capitals s2 (zh): its own solution scores 0 (scored, read as '3')" in problems(
        validate(classroom.task(DOCUMENT, good, **settings))
    )
    good[2]["solution"] = "答案显然是：2"
    found = problems(validate(classroom.task(DOCUMENT, good, **settings), tokenizer=True))
    assert found.splitlines() == [
        f"capitals s2 ({half}): its solution takes 19 tokens, max_new_tokens is 12." for half in ("zh", "en")
    ]
