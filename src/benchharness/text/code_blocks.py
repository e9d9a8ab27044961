"""The Python code that a text gives as its answer."""

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice
from threading import Lock

from benchharness.records import Extraction

_FENCE = re.compile(r"^([ \t]*)(`{3,}(?=[^\n`]*$)|~{3,})([^\n]*)$", re.MULTILINE)
_PYTHON = frozenset({"", "python", "py", "python3", "py3"})
_LONGEST = 100_000
"""Characters of code; what is longer is no answer to a question, and slow to parse."""
_FURTHEST = 60
"""Lines at the margin that one statement may have besides its first: brackets that close, text between quotes."""
_ATTEMPTS = 5_000
"""How often a text is parsed in search of where its statements end; more than any honest answer needs."""
# A statement as it begins at the margin. A call has no space before its bracket: "Note (short)" is prose.
_BEGINS = re.compile(
    r"@|[\"']{3}|(?:async\s+def|def|class|if|for|while|try|with|import|from)\b|[^\W\d][\w.]*\(|[^\W\d][\w.\[\]:, ]*="
)
_NO_CODE = "."
_GOES_ON = re.compile(r"(?:else|elif|except|finally)\b")
_SILENCE = Lock()
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A stretch of a text that is code.

    Attributes:
        code: the code, without the indentation of its fence.
        start: index of its first character in the text.
        end: index after its last character.
        closed: whether what opened it was closed.
    """

    code: str
    start: int
    end: int
    closed: bool = True


@dataclass(frozen=True, slots=True)
class _Names:
    """What a block binds at its top level, and what it uses without binding it."""

    bound: frozenset[str]
    free: frozenset[str]


def fenced_blocks(text: str) -> list[CodeBlock]:
    """Return the blocks between fences of three or more backticks or tildes that are Python or name no language.

    A block ends at a fence of the same sign that is at least as long and names nothing. One that is not closed ends
    with the text, or where its code ends and prose begins.
    """
    return [block for is_python, block in _all_fenced(text) if is_python and block.code.strip()]


def extract_code(text: str, function: str, *, whole_only: bool = False) -> Extraction | None:
    """Read the Python code that ``text`` gives as the definition of ``function``.

    In this order:

    1. the last fenced block that defines it (rule ``fence``);
    2. outside of fences, the longest run of whole statements that defines it (``bare``);
    3. the last fenced block, though it does not define it or is no Python (``other``): an answer, and a wrong one.

    What the block needs and other blocks have, imports and helpers, is put with it, in the order of the text. Code is
    taken as it stands: full-width punctuation in it is a mistake.

    Args:
        text: a final answer, without reasoning.
        function: the name of the function that was asked for.
        whole_only: whether only a fenced block that was closed may be taken, as of an answer that was cut off.

    Returns:
        The ``value`` is the code; ``start`` and ``end`` refer to ``text`` and are those of the block that defines the
        function. ``None`` if there is no code.
    """
    blocks = [block for block in fenced_blocks(text) if block.closed or not whole_only]
    defining = [block for block in blocks if function in _names(block.code).bound]
    if defining:
        return _extraction(defining[-1], "fence", blocks)
    if not whole_only:
        bare = list(_bare_blocks(text))
        defining = [block for block in bare if function in _names(block.code).bound]
        if defining:
            return _extraction(max(defining, key=lambda block: len(block.code)), "bare", bare)
    return _extraction(blocks[-1], "other", blocks) if blocks else None


def _extraction(found: CodeBlock, rule: str, blocks: Sequence[CodeBlock]) -> Extraction:
    return Extraction(_with_what_it_needs(found, blocks), rule, found.start, found.end)


def _all_fenced(text: str) -> Iterator[tuple[bool, CodeBlock]]:
    """All blocks between fences, and whether each may be Python."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[2].startswith(opened[2]) and not match[3].strip():
            yield _is_python(opened), _block(text, opened, match.start())
            opened = None
    if opened is not None:
        yield _is_python(opened), _torn_block(text, opened)


def _is_python(opened: re.Match[str]) -> bool:
    # The language is the first word; what follows it (a file name, a title) is for the reader.
    words = opened[3].lower().replace("{", " ").replace("}", " ").split()
    return not words or words[0].lstrip(".") in _PYTHON


def _block(text: str, opened: re.Match[str], end: int) -> CodeBlock:
    start = min(opened.end() + 1, end)
    lines = text[start:end].split("\n")
    return CodeBlock("\n".join(line.removeprefix(opened[1]) for line in lines), start, end)


def _torn_block(text: str, opened: re.Match[str]) -> CodeBlock:
    """A block whose fence was never closed."""
    block = _block(text, opened, len(text))
    if _parse(block.code) is None:
        run = next(_runs(block.code), None)
        if run is not None:
            return CodeBlock(run.code, block.start, len(text), closed=False)
    return CodeBlock(block.code, block.start, block.end, closed=False)


def _bare_blocks(text: str) -> Iterator[CodeBlock]:
    """Runs of statements in the text outside of fences."""
    place = 0
    for _, block in [*_all_fenced(text), (False, CodeBlock("", len(text), len(text)))]:
        for run in _runs(text[place : block.start]):
            yield CodeBlock(run.code, place + run.start, place + run.end)
        place = block.end


def _runs(text: str) -> Iterator[CodeBlock]:
    """Stretches of whole statements, each as long as it can be, with blank lines and comments between them."""
    lines = [*text.split("\n"), _NO_CODE]
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    attempts = iter(range(_ATTEMPTS))
    first: int | None = None
    last = number = 0
    while number < len(lines):
        if not lines[number].strip() or lines[number].startswith("#"):
            number += 1
        elif length := _statement_length(lines, number, attempts):
            first = number if first is None else first
            last = number = number + length
        else:
            if first is not None:
                yield CodeBlock("\n".join(lines[first:last]), starts[first], starts[last] - 1)
            first = None
            number += 1


def _statement_length(lines: Sequence[str], number: int, attempts: Iterator[int]) -> int:
    """Return how many lines the statement has that begins in this line, 0 if none does."""
    if not _BEGINS.match(lines[number]):
        return 0
    ends = (end for end in range(number + 1, len(lines)) if _is_margin(lines[end]))
    for end, _ in zip(islice(ends, _FURTHEST), attempts, strict=False):
        module = _parse("\n".join(lines[number:end]))
        if module is not None:
            return end - number if all(map(_is_statement, module.body)) else 0
    return 0


def _is_margin(line: str) -> bool:
    """Tell whether a statement may end before this line."""
    return bool(line.strip()) and not line[:1].isspace() and not _GOES_ON.match(line)


def _is_statement(node: ast.stmt) -> bool:
    """Tell a statement of a program from a line of prose that happens to be one, such as a single word."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Constant)
    return not isinstance(node, ast.AnnAssign) or node.value is not None


def _parse(code: str) -> ast.Module | None:
    if len(code) > _LONGEST:
        return None
    with _no_warnings():
        try:
            return ast.parse(code)
        except _UNREADABLE:
            return None


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Keep what Python finds odd in an answer, such as an escape that is none, from the user's screen."""
    # Which warnings are shown is one setting for all threads.
    with _SILENCE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _names(code: str) -> _Names:
    """Return the names that code binds and needs; none if it is no Python."""
    bound: set[str] = set()
    used: set[str] = set()
    if len(code) <= _LONGEST:
        with _no_warnings():
            try:
                scopes = [symtable.symtable(code, "answer", "exec")]
            except _UNREADABLE:
                scopes = []
        for symbol in scopes[0].get_symbols() if scopes else ():
            if symbol.is_assigned() or symbol.is_imported():
                bound.add(symbol.get_name())
        while scopes:
            scope = scopes.pop()
            is_top = scope.get_type() == "module"
            used.update(s.get_name() for s in scope.get_symbols() if s.is_referenced() and (is_top or s.is_global()))
            scopes.extend(scope.get_children())
    return _Names(frozenset(bound), frozenset(used - bound - set(dir(builtins))))


def _with_what_it_needs(found: CodeBlock, blocks: Sequence[CodeBlock]) -> str:
    """Return the code of a block, together with that of the blocks which bind what it uses.

    A name is taken from the nearest block before that binds it, or else from the first one after.
    """
    chosen = [found]
    waiting = [found]
    while waiting:
        block = waiting.pop()
        for name in sorted(_names(block.code).free):
            binding = [other for other in blocks if name in _names(other.code).bound]
            if not binding or any(other in chosen for other in binding):
                continue
            before = [other for other in binding if other.start < block.start]
            source = before[-1] if before else binding[0]
            chosen.append(source)
            waiting.append(source)
    return "\n\n".join(block.code.strip("\n") for block in sorted(chosen, key=lambda block: block.start))
