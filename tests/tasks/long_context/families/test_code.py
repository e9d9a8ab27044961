import ast
import re
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS
from tests.tasks.long_context.families.record_checks import EN, ZH, check_windows, drawn, value_of

from benchharness.records import Language
from benchharness.tasks.long_context.families import code
from benchharness.tasks.long_context.records import Problem
from benchharness.text.punctuation import find_ascii_slip

ASKS = ("constant", "definition", "import")
_FILE = re.compile(r'<file path="([a-z_/]+\.py)">\n(.*\n)</file>', re.DOTALL)
_HAN = re.compile("[\u4e00-\u9fff]")


def read_file(text: str) -> tuple[str, ast.Module]:
    found = _FILE.fullmatch(text)
    assert found, text
    return found[1], ast.parse(found[2])


def parse(text: str, language: Language) -> Mapping[str, Any]:
    """Read a file by Python's own grammar."""
    path, module = read_file(text)
    record: dict[str, Any] = {"path": path}
    for node in module.body:
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            assert isinstance(target, ast.Name)
            record |= {"constant": target.id, "value": ast.literal_eval(node.value)}
        elif isinstance(node, ast.ImportFrom):
            assert node.module
            record["imports"] = f"{node.module.replace('.', '/')}.py"
        elif isinstance(node, ast.FunctionDef):
            record["function"] = node.name
            assert bool(_HAN.search(ast.get_docstring(node) or "")) is (language is ZH)
    return record


def without_remarks(module: ast.Module) -> str:
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(module)


def run(problem: Problem, language: Language) -> str:
    """Answer by running the repository, as far as it consists of the facts."""
    modules: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {
        path: body for fact in problem.facts for path, body in _FILE.findall(fact.text[language])
    }

    def load(path: str) -> dict[str, Any]:
        if path not in modules:
            imports = re.findall(r"^from (\S+) import (\S+)$", sources[path], re.MULTILINE)
            names = {name: load(f"{module.replace('.', '/')}.py")[name] for module, name in imports}
            body = re.sub(r"^from .*$", "", sources[path], flags=re.MULTILINE)
            exec(compile(body, path, "exec"), names)
            modules[path] = names
        return modules[path]

    name: str = problem.asked["name"]
    (path,) = [path for path in sources if name in load(path)]
    if problem.category == "definition":
        return path
    value = load(path)[name]
    return str(value() if problem.category == "import" else value)


@settings(max_examples=60, deadline=None)
@given(SEEDS, DEPTHS, st.sampled_from(ASKS), st.integers(0, 20))
def test_running_the_code_of_each_language_gives_the_answer(seed: int, depth: float, ask: str, others: int) -> None:
    problem = drawn(code, parse, seed, depth, ask=ask, others=others)
    assert len(problem.facts) == (others + 1) * (2 if ask == "import" else 1)
    assert all(fact.block for fact in problem.facts)
    assert len({fact.record["path"] for fact in problem.facts}) == len(problem.facts)
    for language in Language:
        answer = run(problem, language)
        assert problem.answer[language] == [[answer]]
        assert problem.asked["name"] in problem.question[language]
        assert answer not in problem.question[language]
        assert value_of(problem, language, answer, match="exact") == 1
    for fact in problem.facts:
        zh, en = (without_remarks(read_file(fact.text[language])[1]) for language in (ZH, EN))
        assert zh == en
        asked = {fact.record.get("constant"), fact.record.get("function")}
        if problem.depth is not None and problem.asked["name"] in asked:
            assert fact.depth == depth
    assert find_ascii_slip(problem.question[ZH]) is None


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("ask", ASKS)
def test_answers_are_marked(language: Language, ask: str) -> None:
    for seed in range(10):
        problem = code.draw(Random(seed), 0.5, ask=ask)
        ((right,),) = problem.answer[language]
        keys = "path" if ask == "definition" else "value"
        wrong = [str(fact.record[keys]) for fact in problem.facts if keys in fact.record]
        wrong.remove(right)
        assert value_of(problem, language, f"`{right}`", match="exact") == 1
        assert value_of(problem, language, wrong[0], match="exact") == 0
        assert value_of(problem, language, f"{right}, {wrong[0]}", match="exact") == 0


def test_what_is_not_asked_has_a_name_of_the_same_kind() -> None:
    for ask in ASKS[:2]:
        problem = code.draw(Random(3), 0.5, ask=ask, others=5)
        names = {fact.record.get("constant") or fact.record["function"] for fact in problem.facts}
        assert len(names) == 6
        words = set(problem.asked["name"].lower().split("_"))
        assert all(words & set(name.lower().split("_")) - {"handle"} for name in names)


def test_every_file_is_python_and_says_the_same_in_both_languages() -> None:
    filler = code.filler(11)
    zh, en = (filler.units(language, 3000)[:3000] for language in (ZH, EN))
    for chinese, english in zip(zh, en, strict=True):
        assert chinese.startswith("<file path=")
        assert chinese.endswith("</file>\n")
        paths, modules = zip(*(read_file(unit.removesuffix("\n")) for unit in (chinese, english)), strict=True)
        assert paths[0] == paths[1]
        assert without_remarks(modules[0]) == without_remarks(modules[1])
        assert _HAN.search(chinese)
        assert not _HAN.search(english)
        assert not re.search(r"[0-9]{5}|settings|handle", chinese)
        assert not re.search(r"<[a-z]>|[{]x[}]", english)
        assert find_ascii_slip(chinese) is None


def test_no_function_comes_twice() -> None:
    filler = code.filler(11)
    units = filler.units(ZH, 12_000)
    assert sum(map(len, units)) > 2_000_000
    names = re.findall(r"^def (\w+)", "".join(units), re.MULTILINE)
    paths = re.findall(r'^<file path="([^"]+)">$', "".join(units), re.MULTILINE)
    assert len(set(names)) == len(names) == len(set(paths)) == len(units)
    check_windows(units, str)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 200), st.integers(1, 200))
def test_units_are_the_same_whatever_was_asked_before(seed: int, first: int, second: int) -> None:
    grown, whole = code.filler(seed), code.filler(seed)
    grown.units(EN, first)
    for language in Language:
        count = first + second
        assert list(grown.units(language, count)[:count]) == list(whole.units(language, count)[:count])


def test_fine_units_are_comments_of_many_lengths() -> None:
    filler = code.filler(11)
    for language in Language:
        fine = filler.fine_units(language)
        assert len(fine) == 300
        assert all(re.fullmatch("<!--.+-->\n", unit) and find_ascii_slip(unit) is None for unit in fine)
        assert not set(fine) & set(filler.units(language, 1000))
        assert len({len(unit) for unit in fine}) >= 12


def test_too_many_files_are_refused() -> None:
    with pytest.raises(ValueError, match="57600"):
        code.filler(1).units(ZH, 60_000)


def test_what_no_file_or_more_than_one_states_is_refused() -> None:
    with pytest.raises(ValueError, match="0 files"):
        code.solve([], {"ask": "constant", "name": "X"})
    twice = [{"path": path, "function": "f"} for path in ("a.py", "b.py")]
    with pytest.raises(ValueError, match="2 files"):
        code.solve(twice, {"ask": "definition", "name": "f"})


@pytest.mark.parametrize(("name", "value"), [("ask", "class"), ("others", -1), ("others", 21), ("hops", 1)])
def test_wrong_options_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        code.draw(Random(0), 0.5, **{name: value})
