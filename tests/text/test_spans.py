import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.text.spans import comparable, extract_span, overlap, readings, without_remark


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三百元", "300元"),
        ("二百零一米", "２０１ 米"),
        ("慢慢來號", "“慢慢来”号"),
        ("《十月》", "十月"),
        ("在 A 座 报告厅", "在A座报告厅"),
        ("列夫·托尔斯泰", "列夫托尔斯泰"),
        ("1.5万人", "15000人"),
        ("百分之五十", "50%"),
        ("8:00", "０８：００"),
        ("08:30", "8:30"),
        ("seven days", "7 days."),
        ("A Pear Tree", "pear tree"),
        ("the new hall on the quay", "New hall on quay"),
        ("8 a.m.", "8am"),
        ("10:50 a.m", "10:50 a.m."),
        ("eight o'clock", "8 o’clock"),
        ("**Mr. York**", "Mr York"),
        ("his deputy, Laura Wynn", "his deputy Laura Wynn"),
        ("head-torch", "Head torch"),
        ("$1,200", "$1200"),
        ("14th March", "14 March"),
        (r"\text{Reset}", "Reset"),
    ],
)
def test_what_says_the_same_has_one_form(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("007", "7"),
        ("3.5", "35"),
        ("10:50", "1050"),
        ("-3", "3"),
        ("50%", "50"),
        ("5 6", "56"),
        ("C++", "C"),
        ("Block A hall", "Block hall"),
        ("vitamin A", "vitamin"),
        ("A座", "座"),
        ("Redhead", "Red head"),
        ("十一月", "十月"),
    ],
)
def test_what_says_another_thing_has_another_form(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


@given(st.text(max_size=40))
def test_a_form_is_its_own_form_once_settled(text: str) -> None:
    form = comparable(text)
    assert form == form.strip()
    assert comparable(f" “{text}” ") in (form, comparable(text.strip()))


def test_overlap_counts_characters_in_chinese_and_words_in_english() -> None:
    assert overlap("县档案馆", "档案馆", Language.ZH) == pytest.approx(6 / 7)
    assert overlap("county archive", "the archive", Language.EN) == pytest.approx(2 / 3)
    assert overlap("archive", "The archive.", Language.EN) == 1
    assert overlap("三百元", "300元", Language.ZH) == 1
    assert overlap("仓库", "大姨", Language.ZH) == 0
    assert overlap("", "大姨", Language.ZH) == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("3月14日（周四）", "3月14日"),
        ("Swallow (sold as Swift).", "Swallow"),
        ("山道（未演奏）", "山道（未演奏）"),
        ("Rain at Dawn (not played)", "Rain at Dawn (not played)"),
        ("（周四）", "（周四）"),
    ],
)
def test_a_remark_in_brackets_is_left_out_unless_it_denies(text: str, kept: str) -> None:
    assert comparable(without_remark(text.replace("（", "(").replace("）", ")"))) == comparable(kept)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("骆婉（副裁判长）", "骆婉"),
        ("骆婉，因为唐启明缺席", "骆婉"),
        ("骆婉，而不是唐启明", "骆婉"),
        ("实际履行裁判长职责的是骆婉", "骆婉"),
        ("在A座报告厅", "A座报告厅"),
        ("The acting judge was Laura Wynn", "Laura Wynn"),
        ("Mr. York, because he taught her", "Mr York"),
        ("It is 10:50", "10:50"),
        ("on Tuesday", "Tuesday"),
    ],
)
def test_a_sentence_around_the_answer_is_read(answer: str, said: str) -> None:
    found = readings(answer)
    assert found[0] == comparable(answer)
    assert comparable(said) in found


@pytest.mark.parametrize(
    ("answer", "unsaid"),
    [
        ("履行职责的不是骆婉", "骆婉"),
        ("并非是骆婉", "骆婉"),
        ("The judge was not Laura Wynn", "Laura Wynn"),
        ("Mr. York", "Mr"),
    ],
)
def test_what_is_denied_or_torn_apart_is_not_read(answer: str, unsaid: str) -> None:
    assert comparable(unsaid) not in readings(answer)


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("骆婉", "骆婉", "whole"),
        ("**駱婉**。", "骆婉", "whole"),
        ("回答：骆婉", "骆婉", "whole"),
        ("- 七日", "七日", "whole"),
        ("-7", "-7", "whole"),
        ("Response: Laura Wynn", "Laura Wynn", "whole"),
        ("骆婉\n（唐启明缺席）", "骆婉", "whole"),
        ("答案：骆婉", "骆婉", "declared"),
        ("答：骆婉。", "骆婉", "declared"),
        ("唐启明缺席，由副手代行职责。\n\n**答案：**骆婉", "骆婉", "declared"),
        ("答案是唐启明。不对，他缺席了。\n答案：骆婉", "骆婉", "declared"),
        ("答案不是唐启明，而是骆婉。", "骆婉", "declared"),
        ("The answer is Mr. York.", "Mr. York", "declared"),
        ("He was away that day, so his deputy acted.\n\nAnswer: Laura Wynn", "Laura Wynn", "declared"),
        ("Answer:\nLaura Wynn", "Laura Wynn", "declared"),
        (r"So it is \boxed{\text{Laura Wynn}}.", r"\text{Laura Wynn}", "boxed"),
        ("#### Laura Wynn", "Laura Wynn", "hashes"),
        ("原定的裁判长因为膝伤缺席了当天的比赛。\n所以是**骆婉**", "骆婉", "bold"),
        ("原定的裁判长因为膝伤缺席了当天的比赛。\n因此是骆婉。", "是骆婉", "conclusion"),
        ("骆婉\n\n解析：唐启明因膝伤缺席，现场由副手骆婉代行职责。", "骆婉", "first_line"),
        ("Laura Wynn\n\nThe text says that the deputy took over.", "Laura Wynn", "first_line"),
        ("骆婉\n\n问题：谁得了金奖？\n答案：河口镇中学", "骆婉", "whole"),
    ],
)
def test_the_answer_is_found(text: str, value: str, rule: str) -> None:
    found = extract_span(text)
    assert found is not None
    assert (found.value, found.rule) == (value, rule)
    assert comparable(text[found.start : found.end]) == comparable(value)


@pytest.mark.parametrize(
    "text",
    [
        "我不知道。",
        "文中没有提到。",
        "The text does not say.",
        "抱歉，我无法回答这个问题。",
        "唐启明\n骆婉",
        "首先看文章。\n然后看人物。",
        "第九届青少年船模赛昨日下午在月牙湖落幕，原定的裁判长唐启明因膝伤缺席，现场由副手骆婉代行职责。",
        "The appointed chief judge was away with a knee injury on that day, and his deputy took his place.",
        "答案：",
        "。",
    ],
)
def test_a_text_that_leaves_the_answer_in_doubt_gives_none(text: str) -> None:
    assert extract_span(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("答案：骆", None),
        ("骆婉", None),
        ("唐启明缺席，由副手代行职责。\n答案：骆", None),
        ("答案：骆婉。因为唐启明", "骆婉"),
        ("骆婉\n\n解析：唐启明因膝伤缺席，现场由副", "骆婉"),
        ("Answer: Laura Wynn\n\nThe ap", "Laura Wynn"),
        ("骆婉\n\n问题：谁得了金奖？\n答案：河口", "骆婉"),
    ],
)
def test_of_an_answer_that_was_cut_off_only_what_is_complete_counts(text: str, value: str | None) -> None:
    found = extract_span(text, cut_off=True)
    assert (found and found.value) == value


@given(st.text(alphabet="答案：是不骆婉。\n*（）Answer: isnotMr.，,- #\\boxed{}", max_size=60), st.booleans())
def test_any_text_can_be_read(text: str, cut_off: bool) -> None:
    found = extract_span(text, cut_off=cut_off)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert readings(found.value) is not None
