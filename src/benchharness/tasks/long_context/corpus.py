"""A user's own text as what fills the rest: parallel in Chinese and English, or in one of them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.prose import Prose

_FINE_LONGEST = {Language.ZH: 30, Language.EN: 160}
_FINE_MOST = 300
_FINE_FEWEST = 100
_FINE_SHARE = 10

_CLOSING = "”’」』）》】〉)\\]\"'"
_ENDS = {
    Language.ZH: re.compile(rf"(?:[。！？]+|(?<=[\u4e00-\u9fff])[!?]+)[{_CLOSING}]*"),
    Language.EN: re.compile(rf"(?<!\.)[.!?](?![.!?])[{_CLOSING}]*(?=\s|$)|[!?]{{2,}}[{_CLOSING}]*(?=\s|$)"),
}
_ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "cf", "approx", "nos", "vol", "fig", "figs"),
        *("ed", "eds", "pp", "ch", "sec", "dept", "est", "gen", "col", "capt", "lt", "sgt", "rev", "hon", "gov", "sen"),
        *("rep", "pres", "inc", "ltd", "co", "corp", "jan", "feb", "aug", "sep", "sept", "oct", "nov", "dec"),
    )
)
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)\.$")
_NEXT_LETTER = re.compile(r"\s*[\"'(\[“‘]*([A-Za-z]?)")


def cut_sentences(text: str, language: Language) -> list[str]:
    """Cut a line after each end of a sentence; closing quotes and brackets stay with the sentence they close.

    In Chinese after 。！？, in English after . ! ? before white space. A decimal point, an ellipsis, an initial and an
    abbreviation (Mr., e.g.) end nothing.
    """
    found: list[str] = []
    start = 0
    for match in _ENDS[language].finditer(text):
        if language is Language.EN and not _is_end(text, match):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    return [piece for piece in (*found, text[start:].strip()) if piece]


class Corpus:
    """Fills with a user's text, each line or sentence of it once.

    Args:
        directory: holds files of UTF-8 text: ``zh.txt`` and ``en.txt``, or pairs ``NAME.zh.txt`` and ``NAME.en.txt``.
            Line i of one is line i of the other. If only one language is there, only that one can be asked for.
        seed: picks where to begin; after the last line comes the first.

    Raises:
        InputError: if there is no such file, one is empty or not UTF-8, or the two of a pair differ in their lines.
    """

    def __init__(self, directory: Path, seed: int) -> None:
        self._directory = directory
        self._seed = seed
        lines = _read(directory)
        self.fingerprint = _hash(lines)
        """A hash of the texts: the same text gives the same one wherever it lies."""
        self._fine: dict[Language, list[str]] = {}
        self._units = _parallel(lines) if len(lines) == 2 else _monolingual(lines)
        count = len(next(iter(self._units.values())))
        chosen = self._choose_fine(count)
        order = [place for place in range(count) if place not in chosen]
        start = Random(f"corpus {seed}").randrange(len(order))
        for language, units in self._units.items():
            self._fine[language] = [units[place].rstrip("\n") + _space(language) for place in sorted(chosen)]
            self._units[language] = [units[place] for place in order[start:] + order[:start]]

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the units, all that there are: lines of a parallel text, sentences of another.

        Raises:
            InputError: if there are fewer than ``count``, or none in that language.
        """
        units = self._in(language)
        if len(units) < count:
            characters = sum(map(len, units))
            raise InputError(
                en=f"{self._directory}: the text ends after {characters:,} characters ({len(units):,} units), and "
                "text is never repeated. Add text, or ask for a shorter length.",
                zh=f"{self._directory}：文本只有 {characters:,} 个字符（{len(units):,} 个单元），已经用完；"
                "程序不会重复使用文本。请补充文本，或改用更短的长度。",
            )
        return units

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return short units of the text that are kept out of ``units``; those of ``Prose`` if it has too few."""
        self._in(language)
        if self._fine[language]:
            return self._fine[language]
        return Prose(self._seed).fine_units(language)

    def _in(self, language: Language) -> list[str]:
        if language not in self._units:
            there = next(iter(self._units))
            raise InputError(
                en=f"{self._directory} has no text in {language.value}, only in {there.value}. Add the files "
                f"*.{language.value}.txt, or run with --language {there.value}.",
                zh=f"{self._directory} 中没有 {language.value} 文本，只有 {there.value} 文本。"
                f"请补充 *.{language.value}.txt，或改用 --language {there.value}。",
            )
        return self._units[language]

    def _choose_fine(self, count: int) -> set[int]:
        """Return the places of short units in every language, at most a tenth of all; none if there are too few."""
        short: list[int] = []
        seen: set[tuple[str, ...]] = set()
        for place in range(count):
            texts = {language: units[place].strip() for language, units in self._units.items()}
            key = tuple(texts.values())
            if key not in seen and all(len(text) <= _FINE_LONGEST[language] for language, text in texts.items()):
                seen.add(key)
                short.append(place)
        most = min(_FINE_MOST, count // _FINE_SHARE)
        if min(most, len(short)) < _FINE_FEWEST:
            return set()
        return set(Random(f"short lines {self._seed}").sample(short, min(most, len(short))))


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = _NEXT_LETTER.match(text, match.end())
    if following is not None and following[1].islower():
        return False
    if text[match.start()] != ".":
        return True
    word = _LAST_WORD.search(text[: match.start() + 1][-20:])
    if word is None:
        return True
    last = word[1].lower()
    is_initial = len(last) == 1 and word[1].isupper() and last != "i"
    return not (is_initial or "." in last or last in _ABBREVIATIONS)


def _read(directory: Path) -> dict[Language, dict[str, list[str]]]:
    """Return the lines of each file, by language and by the name that pairs it."""
    found: dict[Language, dict[str, list[str]]] = {}
    for language in Language:
        paths = sorted(directory.glob(f"*.{language.value}.txt")) if directory.is_dir() else []
        alone = directory / f"{language.value}.txt"
        texts = {path.name: path for path in [*([alone] if alone.is_file() else []), *paths]}
        if texts:
            found[language] = {name: _lines(path) for name, path in texts.items()}
    if not found:
        raise InputError(
            en=f"{directory}: no text is there. It needs zh.txt and en.txt, or NAME.zh.txt and NAME.en.txt, or "
            "those of one language.",
            zh=f"{directory}：没有找到文本。目录中应有 zh.txt 和 en.txt，或者 名称.zh.txt 和 名称.en.txt；"
            "也可以只有一种语言。",
        )
    return found


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            en=f"{path} is not UTF-8 at byte {error.start}. Save it as UTF-8.",
            zh=f"{path} 在第 {error.start} 字节处不是有效的 UTF-8。请另存为 UTF-8 编码。",
        ) from None
    if not text.strip():
        raise InputError(
            en=f"{path} is empty. Put text in it, or remove it.", zh=f"{path} 是空文件。请写入文本或删除它。"
        )
    return [line.strip() for line in text.rstrip("\n").split("\n")]


def _parallel(lines: Mapping[Language, Mapping[str, list[str]]]) -> dict[Language, list[str]]:
    """Return aligned lines, without those that are empty in both languages."""
    units: dict[Language, list[str]] = {language: [] for language in Language}
    pairs = {name: name.replace("zh.txt", "en.txt") for name in lines[Language.ZH]}
    odd = set(pairs.values()) ^ set(lines[Language.EN])
    if odd:
        name = min(odd)
        raise InputError(
            en=f"{name} and its like in the other language go together, and only one is there. Add the other or "
            "remove this one.",
            zh=f"{name} 与另一种语言的同名文件应成对出现，目前只有一个。请补上另一个，或删除多余的文件。",
        )
    for zh_name, en_name in pairs.items():
        zh, en = lines[Language.ZH][zh_name], lines[Language.EN][en_name]
        if len(zh) != len(en):
            raise InputError(
                en=f"{zh_name} has {len(zh)} lines and {en_name} has {len(en)}. Line i of one must translate line i of "
                "the other.",
                zh=f"{zh_name} 有 {len(zh)} 行，{en_name} 有 {len(en)} 行。两个文件必须逐行对应。",
            )
        for number, pair in enumerate(zip(zh, en, strict=True), 1):
            if bool(pair[0]) != bool(pair[1]):
                raise InputError(
                    en=f"Line {number} is empty in only one of {zh_name} and {en_name}. Translate it, or remove it in "
                    "both.",
                    zh=f"{zh_name} 与 {en_name} 的第 {number} 行只有一边有内容。请补上译文，或两边都删除这一行。",
                )
            if pair[0]:
                units[Language.ZH].append(f"{pair[0]}\n")
                units[Language.EN].append(f"{pair[1]}\n")
    return units


def _monolingual(lines: Mapping[Language, Mapping[str, list[str]]]) -> dict[Language, list[str]]:
    """Return the sentences; the last of each line ends it."""
    language, texts = next(iter(lines.items()))
    units: list[str] = []
    for line in (line for text in texts.values() for line in text):
        sentences = cut_sentences(line, language)
        units += [f"{sentence}{_space(language)}" for sentence in sentences[:-1]]
        units += [f"{sentence}\n" for sentence in sentences[-1:]]
    return {language: units}


def _space(language: Language) -> str:
    return "" if language is Language.ZH else " "


def _hash(lines: Mapping[Language, Mapping[str, list[str]]]) -> str:
    digest = hashlib.sha256()
    for language, texts in lines.items():
        for name, text in texts.items():
            digest.update("\n".join((language.value, name, *text, "")).encode())
    return digest.hexdigest()[:16]
