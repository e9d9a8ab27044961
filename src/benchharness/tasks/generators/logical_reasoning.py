"""Logical reasoning: problems with four options, of which exactly one answers the question in all that could be."""

from random import Random

from benchharness.tasks.generated import Row
from benchharness.tasks.generators import (
    _logic_classes,
    _logic_counting,
    _logic_matching,
    _logic_orders,
    _logic_propositions,
    _logic_spatial,
    _logic_truth,
)
from benchharness.tasks.generators._logic_base import Draw, Puzzle
from benchharness.tasks.generators._logic_reckon import solve_by_reckoning
from benchharness.tasks.generators._logic_search import solve_by_search

FAMILY = "logical_reasoning"
LETTERS = "ABCD"
CATEGORIES: dict[str, tuple[Draw, ...]] = {
    "ordering": (_logic_orders.line_place, _logic_orders.line_form),
    "truth_tellers": (_logic_truth.knights, _logic_truth.culprit, _logic_truth.boxes),
    "conditional": (_logic_propositions.proposition_form, _logic_propositions.chain, _logic_propositions.equivalence),
    "syllogism": (_logic_classes.syllogism,),
    "matching": (_logic_matching.matching,),
    "sets_and_counting": (_logic_counting.two_sets, _logic_counting.draws, _logic_counting.three_sets),
    "spatial": (_logic_spatial.walk, _logic_orders.ring_form, _logic_spatial.town_map, _logic_spatial.die),
    "decision": (_logic_propositions.team, _logic_orders.schedule, _logic_propositions.budget),
}
"""For each category, the ways of drawing a puzzle, taken in rotation."""

MOST_ATTEMPTS = 2000
_ROUND = 3 * len(CATEGORIES)


def generate(seed: int, count: int) -> list[Row]:
    """Return rows of all categories, difficulties and kinds of puzzle in rotation; every letter is right as often.

    Args:
        seed: decides about everything.
        count: number of rows; a larger one only adds rows.

    Raises:
        ValueError: if there is no further puzzle of a kind.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    for index in range(count):
        level = index % 3 + 1
        category = list(CATEGORIES)[index // 3 % len(CATEGORIES)]
        draws = CATEGORIES[category]
        # Levels of one round take different kinds of puzzle, so that a few rows show many.
        draw = draws[(index // _ROUND + index) % len(draws)]
        puzzle = _draw(draw, seed, index, level, seen)
        seen.update(puzzle.text)
        rows.append(_row(index, category, level, puzzle))
    return rows


def _draw(draw: Draw, seed: int, index: int, level: int, seen: set[str]) -> Puzzle:
    turn = Random(f"{seed}:{FAMILY}:{index}").randrange(60)
    for attempt in range(MOST_ATTEMPTS):
        puzzle = draw(Random(f"{seed}:{FAMILY}:{index}:{attempt}"), level, turn)
        if puzzle is not None and seen.isdisjoint(puzzle.text) and _has_four(puzzle):
            return puzzle
    raise ValueError(f"{FAMILY}: no further puzzle of row {index + 1}, difficulty {level}")


def _has_four(puzzle: Puzzle) -> bool:
    offered = [puzzle.right.words, *(option.words for option in puzzle.wrong)]
    return all(len({words[half] for words in offered}) == 4 for half in (0, 1))


def _row(index: int, category: str, level: int, puzzle: Puzzle) -> Row:
    place = (index + index // _ROUND) % len(LETTERS)
    offered = list(puzzle.wrong)
    Random(puzzle.text.en).shuffle(offered)
    offered.insert(place, puzzle.right)
    return {
        "id": f"{FAMILY}-{index + 1:04d}",
        "category": category,
        "difficulty": level,
        "answer": LETTERS[place],
        "why": puzzle.why,
        "zh": {"question": puzzle.text.zh, "options": [option.words.zh for option in offered]},
        "en": {"question": puzzle.text.en, "options": [option.words.en for option in offered]},
        "problem": {**puzzle.problem, "options": [option.data for option in offered]},
    }


def solve(row: Row) -> str:
    """Return the letter of the one option that answers a row's question, from ``row["problem"]``.

    Raises:
        ValueError: if it is not exactly one option, or the problem is not what a problem of its kind must be.
    """
    problem = row["problem"]
    searched = problem["kind"] in ("line", "ring", "bool", "grid", "truth", "classes")
    found = solve_by_search(problem) if searched else solve_by_reckoning(problem)
    if len(found) != 1:
        raise ValueError(f"{len(found)} options answer the question")
    return LETTERS[found[0]]
