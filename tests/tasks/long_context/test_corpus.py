from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.corpus import Corpus, cut_sentences
from benchharness.tasks.long_context.prose import Prose

ZH, EN = Language.ZH, Language.EN
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(**files: str | bytes) -> Path:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name.replace('_', '.')}.txt").write_bytes(data)
        return tmp_path

    return put


def numbered(count: int, text: str) -> str:
    return "".join(f"{text.format(number)}\n" for number in range(count))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("天亮了。他问：“走吗？”没人答！走吧。", ["天亮了。", "他问：“走吗？”", "没人答！", "走吧。"]),
        ("他说：“等……等一等。”然后走了", ["他说：“等……等一等。”", "然后走了"]),
        ("（见下文。）价钱是3.5元，好不好?好!", ["（见下文。）", "价钱是3.5元，好不好?", "好!"]),
        ("真的？！真的。」", ["真的？！", "真的。」"]),
        ("没有句号", ["没有句号"]),
    ],
)
def test_chinese_is_cut_at_its_ends(text: str, pieces: list[str]) -> None:
    assert cut_sentences(text, ZH) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It rained. Was it late? Yes!", ["It rained.", "Was it late?", "Yes!"]),
        ("Mr. Hall paid 3.50 to Dr. Lane. He left.", ["Mr. Hall paid 3.50 to Dr. Lane.", "He left."]),
        ("Use a rope, e.g. Hemp, i.e. a strong one. Good.", ["Use a rope, e.g. Hemp, i.e. a strong one.", "Good."]),
        ('He said "Stop." Then (as before.) they left.', ['He said "Stop."', "Then (as before.) they left."]),
        ("“Come!” she said. J. Smith came.", ["“Come!” she said.", "J. Smith came."]),
        ("Well... perhaps. No... Wait. So am I. Fine.", ["Well... perhaps.", "No... Wait.", "So am I.", "Fine."]),
        ("He said no. She went at 9 a.m. on foot.", ["He said no.", "She went at 9 a.m. on foot."]),
        ("What?! Go.", ["What?!", "Go."]),
        ("See www.example.org for v1.2 of it", ["See www.example.org for v1.2 of it"]),
    ],
)
def test_english_is_cut_at_its_ends(text: str, pieces: list[str]) -> None:
    assert cut_sentences(text, EN) == pieces


@given(st.text(alphabet="天地人abAB.!?。！？”“\"' 0…", max_size=60), st.sampled_from(list(Language)))
def test_cutting_loses_nothing_but_space(text: str, language: Language) -> None:
    pieces = cut_sentences(text, language)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece == piece.strip() != "" for piece in pieces)


def test_parallel_lines_stay_whole_and_aligned(write: Write) -> None:
    directory = write(zh="第一行。有两句。\n\n第二行。\n第三行。\n", en="Line one, in one.\n\nLine two.\nLine three.\n")
    corpus = Corpus(directory, seed=1)
    pairs = list(zip(corpus.units(ZH, 3), corpus.units(EN, 3), strict=True))
    assert sorted(pairs) == [
        ("第一行。有两句。\n", "Line one, in one.\n"),
        ("第三行。\n", "Line three.\n"),
        ("第二行。\n", "Line two.\n"),
    ]
    assert corpus.fine_units(ZH) == Prose(1).fine_units(ZH)


def test_files_pair_by_name(write: Write) -> None:
    directory = write(a_zh="甲一。\n甲二。", a_en="A one.\nA two.", b_zh="乙一。", b_en="B one.")
    corpus = Corpus(directory, seed=0)
    known = {"甲一。\n": "A one.\n", "甲二。\n": "A two.\n", "乙一。\n": "B one.\n"}
    assert dict(zip(corpus.units(ZH, 3), corpus.units(EN, 3), strict=True)) == known


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_seed_picks_where_to_begin_and_each_line_comes_once(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.getbasetemp() / "cycle"
    directory.mkdir(exist_ok=True)
    lines = [
        f"这是一行没有什么特别之处的文字，唯一的用处是比三十个字还要长一些，行次{number}。" for number in range(40)
    ]
    (directory / "zh.txt").write_text("\n".join(lines), encoding="utf-8")
    units = [unit.strip() for unit in Corpus(directory, seed).units(ZH, 40)]
    start = lines.index(units[0])
    assert units == lines[start:] + lines[:start]
    assert list(Corpus(directory, seed).units(ZH, 40)) == list(Corpus(directory, seed).units(ZH, 1))


def test_different_seeds_begin_at_different_lines(write: Write) -> None:
    directory = write(en=numbered(50, "Line {} of a text."))
    assert len({Corpus(directory, seed).units(EN, 1)[0] for seed in range(30)}) > 10


def test_text_in_one_language_is_cut_into_sentences_and_serves_that_language_alone(write: Write) -> None:
    corpus = Corpus(write(en="It rained. We stayed.\nThe next day we left.\n"), seed=0)
    text = "".join(corpus.units(EN, 3))
    assert sorted(corpus.units(EN, 3)) == ["It rained. ", "The next day we left.\n", "We stayed.\n"]
    assert text in ("It rained. We stayed.\nThe next day we left.\n", "We stayed.\nThe next day we left.\nIt rained. ",
                    "The next day we left.\nIt rained. We stayed.\n")  # fmt: skip
    with pytest.raises(InputError, match=r"no text in zh|没有 zh 文本"):
        corpus.fine_units(ZH)
    with pytest.raises(InputError) as raised:
        corpus.units(ZH, 1)
    assert "no text in zh" in raised.value.en
    assert "没有 zh 文本" in raised.value.zh


def test_text_that_ends_is_said_to_end_and_never_repeated(write: Write) -> None:
    corpus = Corpus(write(zh="甲。乙。\n丙。\n"), seed=0)
    assert len(corpus.units(ZH, 3)) == 3
    with pytest.raises(InputError) as raised:
        corpus.units(ZH, 4)
    assert "ends after 8 characters (3 units)" in raised.value.en
    assert "只有 8 个字符（3 个单元）" in raised.value.zh
    assert "never repeated" in raised.value.en
    assert "不会重复使用" in raised.value.zh


def test_short_lines_end_the_fill_and_are_kept_out_of_the_units(write: Write) -> None:
    long_zh = "这一行比三十个字长得多，所以不会被选来结束全文，它的内容并不重要，只是凑够长度而已，第{}行。"
    directory = write(
        zh=numbered(3000, long_zh) + numbered(200, "短行{}。"),
        en=numbered(3000, "This is line {}.") + numbered(200, "Short {}."),
    )
    corpus = Corpus(directory, seed=5)
    zh, en = corpus.fine_units(ZH), corpus.fine_units(EN)
    assert len(zh) == len(en) == 200
    assert all(
        a == f"短行{b.split()[1]}" + "" for a, b in zip(zh, (unit.replace(".", "。") for unit in en), strict=True)
    )
    assert all(unit.endswith(". ") for unit in en)
    units = corpus.units(ZH, 3000)
    assert len(units) == 3000
    assert not {unit.strip() for unit in units} & set(zh)
    assert corpus.fine_units(ZH) == Corpus(directory, seed=5).fine_units(ZH)


def test_the_fingerprint_is_that_of_the_text(write: Write, tmp_path: Path) -> None:
    directory = write(zh="一行。\n", en="A line.\n")
    first = Corpus(directory, 0).fingerprint
    assert Corpus(directory, 9).fingerprint == first
    elsewhere = tmp_path / "copy"
    elsewhere.mkdir()
    for path in directory.glob("*.txt"):
        (elsewhere / path.name).write_bytes(path.read_bytes())
    assert Corpus(elsewhere, 0).fingerprint == first
    (elsewhere / "en.txt").write_text("Another line.\n", encoding="utf-8")
    assert Corpus(elsewhere, 0).fingerprint != first


@pytest.mark.parametrize(
    ("files", "en", "zh"),
    [
        ({}, "no text is there", "没有找到文本"),
        (
            {"zh": "一行。\n二行。\n", "en": "One.\n"},
            "zh.txt has 2 lines and en.txt has 1",
            "zh.txt 有 2 行，en.txt 有 1 行",
        ),
        ({"zh": "一行。\n\n", "en": "  \n"}, "en.txt is empty", "en.txt 是空文件"),
        ({"zh": "一。\n二。\n三。", "en": "One.\n\nThree."}, "Line 2 is empty in only one", "第 2 行只有一边有内容"),
        ({"zh": "一行。".encode("gb18030")}, "zh.txt is not UTF-8 at byte 2", "第 2 字节"),
        ({"a_zh": "一。", "b_en": "One."}, "only one is there", "成对出现"),
        ({"a_zh": "一。", "a_en": "One.", "b_zh": "二。"}, "b.en.txt and its like", "b.en.txt 与另一种语言"),
    ],
)
def test_what_is_wrong_with_the_files_is_named(write: Write, files: dict[str, str | bytes], en: str, zh: str) -> None:
    with pytest.raises(InputError) as raised:
        Corpus(write(**files), seed=0)
    assert en in raised.value.en
    assert zh in raised.value.zh


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        Corpus(tmp_path / "nowhere", seed=0)
