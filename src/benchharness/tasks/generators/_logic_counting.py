"""Sets and counting: how many belong to what, and how many draws are enough."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.tasks.generators._logic_base import WORDING, Puzzle, number_option, numbers, pick
from benchharness.tasks.generators._wording import Words, enumerated, fill, joined

# Regions of a Venn diagram of two sets: 0 outside, 1 in the first alone, 2 in the second alone, 3 in both.
_TWO = {"a": [1, 3], "b": [2, 3], "both": [3], "neither": [0], "only_a": [1], "exactly": [1, 2], "whole": [0, 1, 2, 3]}


def _sentence(parts: Sequence[Words]) -> Words:
    *first, last = [part.en for part in parts]
    return Words("，".join(part.zh for part in parts) + "。", f"{', '.join(first)} and {last}.")


def _sentence_of(whole: Words, parts: Sequence[Words]) -> Words:
    """Join clauses to the one that names the whole."""
    rest = _sentence(parts)
    return Words(f"{whole.zh}，{rest.zh}", f"{whole.en}; {rest.en}")


def _puzzle(
    rng: Random, problem: dict[str, Any], text: Words, right: int, near: Sequence[int], why: str, *, least: int = 0
) -> Puzzle | None:
    wrong = numbers(rng, right, near, least=least)
    if wrong is None:
        return None
    return Puzzle(problem, text, number_option(right), [number_option(value) for value in wrong], why)


def two_sets(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw two overlapping sets of which the overlap is told by the others, or has a least or greatest size."""
    scene = rng.choice(WORDING["venn_two"])
    only_a, only_b, both, neither = (rng.randrange(3, 16) for _ in range(4))
    counts = [neither, only_a, only_b, both]
    size = {name: sum(counts[region] for region in regions) for name, regions in _TWO.items()}
    if level == 3:
        return _extreme(rng, turn, scene, size)
    told, asked = pick(_ASKED[level - 1], turn)
    unit = scene.get("unit", "人")
    whole = fill(scene["whole"], t=size["whole"])
    fact = WORDING["venn_ask"]["fact"]
    parts: list[Words] = []
    for name in told:
        wording = fill(scene[name], n=size[name]) if name in ("a", "b") else None
        parts.append(wording or fill(fact, n=size[name], unit=unit, what=scene[name]))
    question = fill(WORDING["venn_ask"]["only"], what=scene[asked], unit=unit)
    given = [[_TWO[name], size[name]] for name in ("whole", *told)]
    near = [
        size["a"] + size["b"] - size["whole"],
        size["whole"] - size["a"],
        size["exactly"],
        size["both"],
        size["only_a"],
    ]
    why = (
        f"Only the first: {only_a}, only the second: {only_b}, both: {both}, neither: {neither};"
        f" nothing else gives the numbers told, so the answer is {size[asked]}."
    )
    problem = {"kind": "regions", "form": "only", "sets": 2, "given": given, "ask": _TWO[asked]}
    return _puzzle(rng, problem, joined(_sentence_of(whole, parts), question), size[asked], near, why)


_ASKED: tuple[tuple[tuple[tuple[str, ...], str], ...], ...] = (
    ((("a", "b", "neither"), "both"), (("a", "b", "both"), "neither")),
    (
        (("a", "neither", "exactly"), "both"),
        (("a", "b", "neither"), "only_a"),
        (("a", "b", "both"), "exactly"),
        (("only_a", "b", "both"), "neither"),
        (("exactly", "both", "only_a"), "neither"),
        (("a", "b", "exactly"), "both"),
    ),
)
"""For levels 1 and 2, what is told beside the whole and what is asked; each settles the answer."""


def _extreme(rng: Random, turn: int, scene: Mapping[str, Any], size: Mapping[str, int]) -> Puzzle | None:
    whole, a, b = size["whole"], size["a"], size["b"]
    form, asked = pick(
        (("least", "both"), ("most", "both"), ("least", "neither"), ("most", "neither"), ("most", "only_a")), turn
    )
    answers = {
        ("least", "both"): max(0, a + b - whole),
        ("most", "both"): min(a, b),
        ("least", "neither"): max(0, whole - a - b),
        ("most", "neither"): whole - max(a, b),
        ("most", "only_a"): min(a, whole - b),
    }
    right = answers[form, asked]
    if a == b or right == 0:
        return None
    unit = scene.get("unit", "人")
    told = _sentence_of(fill(scene["whole"], t=whole), [fill(scene["a"], n=a), fill(scene["b"], n=b)])
    question = fill(WORDING["venn_ask"][form], what=scene[asked], unit=unit)
    near = [abs(a - b), whole - a, whole - b, min(a, b), abs(a + b - whole), max(a, b), whole - abs(a - b)]
    formula = {
        ("least", "both"): f"max(0, {a} + {b} - {whole})",
        ("most", "both"): f"min({a}, {b})",
        ("least", "neither"): f"max(0, {whole} - {a} - {b})",
        ("most", "neither"): f"{whole} - max({a}, {b})",
        ("most", "only_a"): f"min({a}, {whole} - {b})",
    }[form, asked]
    problem = {
        "kind": "regions",
        "form": form,
        "sets": 2,
        "given": [[_TWO["whole"], whole], [_TWO["a"], a], [_TWO["b"], b]],
        "ask": _TWO[asked],
    }
    return _puzzle(rng, problem, joined(told, question), right, near, f"The bound is {formula} = {right}.")


def three_sets(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw three sets that cover everything; how many are in all three, in two or in one."""
    scene = rng.choice(WORDING["venn_three"])
    one = [rng.randrange(2, 7 + 2 * level) for _ in range(3)]
    two = [rng.randrange(1, 4 + level) for _ in range(3)]
    three = rng.randrange(2, 5 + level)
    exactly_one, exactly_two = sum(one), sum(two)
    whole = exactly_one + exactly_two + three
    sizes = [one[0] + two[0] + two[1] + three, one[1] + two[0] + two[2] + three, one[2] + two[1] + two[2] + three]
    sets = [[region for region in range(8) if region >> place & 1] for place in range(3)]
    by_count = {count: [region for region in range(8) if region.bit_count() == count] for count in range(4)}
    asked = pick((3, 2, 1), turn) if level > 1 else 3
    told = 3 if asked == 2 or (asked == 1 and rng.random() < 0.5) else 2
    parts = [fill(scene["in"], s=name, n=number) for name, number in zip(scene["sets"], sizes, strict=True)]
    parts.append(fill(scene["three"], n=three) if told == 3 else fill(scene["two"], n=exactly_two))
    given = [[list(range(8)), whole], [[0], 0], *([regions, size] for regions, size in zip(sets, sizes, strict=True))]
    given.append([by_count[told], three if told == 3 else exactly_two])
    right = {1: exactly_one, 2: exactly_two, 3: three}[asked]
    total = sum(sizes)
    near = [
        total - whole,
        (total - whole) // 2,
        total - whole - three,
        exactly_two,
        three,
        exactly_one,
        whole - exactly_two,
    ]
    why = (
        f"The sizes add up to {total} = {exactly_one} + 2 x {exactly_two} + 3 x {three}, and"
        f" {exactly_one} + {exactly_two} + {three} = {whole}; so {right}."
    )
    problem = {"kind": "regions", "form": "only", "sets": 3, "given": given, "ask": by_count[asked]}
    text = joined(fill(scene["whole"], t=whole), _sentence(parts), scene[f"ask{asked}"])
    return _puzzle(rng, problem, text, right, near, why)


def draws(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw how many things must be taken blindly to be sure of something."""
    scene = rng.choice(WORDING["draws"])
    counts = [rng.randrange(3, 8 + level) for _ in range((3, 4, 4)[level - 1])]
    things = rng.sample(scene["things"], len(counts))
    kind = pick((("same",), ("same", "of"), ("same", "kinds", "of"))[level - 1], turn)
    if len(set(counts)) < len(counts) - 1:
        return None
    place = rng.randrange(len(counts))
    wanted = {"same": rng.randrange(2, 3 + level), "kinds": len(counts) - 1, "of": rng.randrange(2, 4)}[kind]
    if (kind == "same" and wanted > max(counts)) or (kind == "of" and wanted > counts[place]):
        return None
    total = sum(counts)
    if kind == "same":
        worst = sum(min(count, wanted - 1) for count in counts)
        why = f"At worst {worst} are taken with at most {wanted - 1} of each; the next one makes {wanted}."
    elif kind == "kinds":
        worst = sum(sorted(counts)[-(wanted - 1) :])
        why = f"At worst all {worst} of the {wanted - 1} largest kinds come first; the next one is of another kind."
    else:
        worst = total - counts[place] + wanted - 1
        why = f"At worst all {total - counts[place]} others come first, and then {wanted} more are needed."
    listed = [fill(Words("<n><x>", "<n> <x>"), n=count, x=thing) for count, thing in zip(counts, things, strict=True)]
    question = fill(WORDING["draws_ask"][kind], k=wanted, unit=scene["unit"], kind=scene["kind"], thing=things[place])
    near = [wanted, worst, total - wanted + 1, max(counts) + 1, wanted * len(counts), len(counts) + 1, total]
    problem = {"kind": "draws", "form": kind, "counts": counts, "wanted": wanted, "place": place}
    text = joined(fill(scene["intro"], list=enumerated(listed)), question)
    return _puzzle(rng, problem, text, worst + 1, near, why, least=1)
