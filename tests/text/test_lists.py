import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.lists import element_readings, extract_list
from benchharness.text.spans import comparable

WHOLE = {comparable(form) for form in ("bread and butter", "和平路", "Thursday, 14 March")}


def read(text: str, *, cut_off: bool = False) -> object:
    found = extract_list(text, WHOLE, cut_off=cut_off)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("山道\n远帆\n月下渡", "lines"),
        ("好的，曲目如下：\n\n山道\n远帆\n月下渡", "lines"),
        ("山道、远帆\n月下渡", "lines"),
        ("```\n山道\n远帆\n月下渡\n```", "lines"),
        ("- 山道\n- 远帆\n- 月下渡", "bullets"),
        ("* **山道**\n* **遠帆**\n* **月下渡**", "bullets"),
        ("•山道\n•远帆\n•月下渡", "bullets"),
        ("1. 山道\n2. 远帆\n3. 月下渡", "bullets"),
        ("1、山道\n2、远帆\n3、月下渡", "bullets"),
        ("(1) 山道\n(2) 远帆\n(3) 月下渡", "bullets"),
        ("（一）山道\n（二）远帆\n（三）月下渡", "bullets"),
        ("一、山道\n二、远帆\n三、月下渡", "bullets"),
        ("①山道\n②远帆\n③月下渡", "bullets"),
        ("①山道②远帆③月下渡", "bullets"),
        ("1. 山道 2. 远帆 3. 月下渡", "bullets"),
        ("实际演奏：\n- 山道\n- 远帆\n- 月下渡\n\n未演奏：\n- 晨雨\n- 归雁", "bullets"),
        ("好的，以下是答案：\n\n* 山道\n* 远帆\n* 月下渡\n\n以上就是全部曲目。", "bullets"),
        ("《晨雨》因竖琴手生病被换下，没有演成。\n\n答案：\n山道\n远帆\n月下渡", "lines"),
        ("答案：**山道**、**远帆**、**月下渡**", "inline"),
        ("山道、远帆和月下渡。", "inline"),
        ("《山道》《远帆》《月下渡》", "inline"),
        ("山道，远帆，月下渡", "inline"),
        ("山道；远帆；月下渡", "inline"),
        ("山道 远帆 月下渡", "inline"),
        ("当晚实际演奏的曲目有：山道、远帆以及月下渡。", "inline"),
        ("当晚实际演奏的曲目有山道、远帆及月下渡。", "inline"),
        ("实际演奏的曲目：山道、远帆、月下渡\n\n理由：《晨雨》被换下。", "inline"),
        ('["山道", "远帆", "月下渡"]', "json"),
        ('答案如下：\n```json\n[\n  "山道",\n  "远帆",\n  "月下渡"\n]\n```', "json"),
        ("['山道', '远帆', '月下渡']", "inline"),
        ("山道\n远帆\n山道\n月下渡", "lines"),
    ],
)
def test_chinese_lists(text: str, rule: str) -> None:
    found = extract_list(text)
    assert found is not None
    assert [comparable(element) for element in found.value] == ["山道", "远帆", "月下渡"]
    assert found.rule == rule
    assert "山道" in text[found.start : found.end]
    assert "月下渡" in text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("Hank\nGreta\nFay", ["Hank", "Greta", "Fay"]),
        ("Here they are:\n\n1) Hank\n2) Greta\n3) Fay", ["Hank", "Greta", "Fay"]),
        ("Hank, Greta, and Fay", ["Hank", "Greta", "Fay"]),
        ("The answer is: Hank, Greta and Fay.", ["Hank", "Greta", "Fay"]),
        ('The people were "Hank", "Greta" and "Fay".', ["Hank", "Greta", "Fay"]),
        ("Hank / Greta / Fay", ["Hank", "Greta", "Fay"]),
        (r"\boxed{Hank, Greta, Fay}", ["Hank", "Greta", "Fay"]),
        ("5、7、9、12", ["5", "7", "9", "12"]),
        ("五、七、九", ["五", "七", "九"]),
        ("5\n7\n9", ["5", "7", "9"]),
        ("[5, 7, 9]", ["5", "7", "9"]),
        ("3 May\n20 May", ["3 May", "20 May"]),
        ("1. 7路\n2. 9路\n3. 5", ["7路", "9路", "5"]),
        ("garden\n10 a.m. tour", ["garden", "10 a.m. tour"]),
        ("1,200\n3,400", ["1,200", "3,400"]),
        ("J. Smith\nA. Jones", ["J. Smith", "A. Jones"]),
        ("会计", ["会计"]),
        ("bread and butter, eggs and honey", ["bread and butter", "eggs", "honey"]),
        ("和平路和解放路", ["和平路", "解放路"]),
        ("Thursday, 14 March", ["Thursday, 14 March"]),
        ("Hank\nGreta\n\nQuestion: Who else?\nAnswer: Fay", ["Hank", "Greta"]),
    ],
)
def test_other_lists(text: str, elements: list[str]) -> None:
    assert read(text) == elements


@pytest.mark.parametrize(
    "text",
    [
        "我不知道",
        "抱歉，我无法完成这个任务。",
        "不包括：\n- 晨雨\n- 归雁",
        "不包括：晨雨、归雁",
        "未演奏的有晨雨、归雁",
        "The harpist had fallen ill that evening. Nothing of the programme was heard in the end, I think.",
        " ",
        "[]",
    ],
)
def test_no_list(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("山道\n远帆\n月下", None),
        ("山道、远帆、月下", None),
        ("曲目有山道、远帆、月下渡。", ["山道", "远帆", "月下渡"]),
        ("第一首是开场。曲目有山道、远", None),
        ("山道、远帆\n月下", None),
        ("- 山道\n- 远帆\n\n以上是当晚实", ["山道", "远帆"]),
        ("山道、远帆。另外，当晚", ["山道", "远帆"]),
        ('["山道", "远帆"]', ["山道", "远帆"]),
        ("山道\n远帆\n\n问题：还有", ["山道", "远帆"]),
    ],
)
def test_of_an_answer_that_was_cut_off_only_a_complete_list_counts(text: str, elements: list[str] | None) -> None:
    assert read(text, cut_off=True) == elements


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ("**山道**：第一首。", "山道"),
        ("飞燕（即雨燕）", "飞燕"),
        ("Swallow - sold as Swift", "Swallow"),
        ("Swallow (sold as Swift)", "Swallow"),
    ],
)
def test_an_element_is_named_by_its_head(element: str, named: str) -> None:
    assert comparable(named) in element_readings(element)


@pytest.mark.parametrize(
    ("element", "unnamed"),
    [("晨雨（未演奏）", "晨雨"), ("晨雨：没有演奏", "晨雨"), ("Dawn - not played", "Dawn"), ("10:50", "10")],
)
def test_an_element_that_is_denied_is_not_named(element: str, unnamed: str) -> None:
    assert comparable(unnamed) not in element_readings(element)


@given(st.text(alphabet='山道、，和 and,\n-*1.①：:[]"答案不', max_size=60), st.booleans())
def test_any_text_can_be_read(text: str, cut_off: bool) -> None:
    found = extract_list(text, WHOLE, cut_off=cut_off)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        forms = [comparable(element) for element in found.value]
        assert forms
        assert len(set(forms)) == len(forms)
