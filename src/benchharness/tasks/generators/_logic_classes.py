"""Classes: all, some, no; what follows about which of them overlap."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations
from random import Random

from benchharness.tasks.generators._logic_base import (
    WORDING,
    Claim,
    Puzzle,
    Space,
    ask_form,
    bound,
    choose_options,
    options,
    pick,
    state,
)
from benchharness.tasks.generators._wording import Words, fill, joined

# A model says which regions of the Venn diagram have members: bit r of it stands for region r, and bit i of r for
# being in class i. Region 0, outside of all classes, says nothing and is never set.


def _regions(size: int, a: int, b: int, *, within: bool) -> int:
    """Return the regions within class ``a`` that are within, or outside of, class ``b``."""
    return sum(1 << region for region in range(1 << size) if region >> a & 1 and bool(region >> b & 1) == within)


def _is_empty(model: int, regions: int) -> bool:
    return not model & regions


def _has_members(model: int, regions: int) -> bool:
    return bool(model & regions)


def _claims(names: Sequence[Words]) -> Iterator[Claim]:
    """Yield the four statements of syllogisms about every two classes."""
    for a, b in permutations(range(len(names)), 2):
        for kind in ("all", "none", "some", "some_not"):
            if kind in ("none", "some") and a > b:
                continue
            regions = _regions(len(names), a, b, within=kind in ("none", "some"))
            words = fill(WORDING["classes"][kind], a=names[a], b=names[b])
            yield Claim([kind, a, b], words, bound(_is_empty if kind in ("all", "none") else _has_members, (regions,)))


@cache
def _models(size: int) -> list[int]:
    """Return every way in which no class is empty."""
    within = [_regions(size, one, one, within=True) for one in range(size)]
    return [model for model in range(0, 1 << (1 << size), 2) if all(model & regions for regions in within)]


def syllogism(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a chain of statements about three or four classes; something follows, cannot be, or need not be."""
    size = 3 if level < 3 else 4
    names = rng.sample(rng.choice(WORDING["classes"]["scenes"]), size)
    form = pick(("must", "cannot") if level == 1 else ("must", "cannot", "need_not", "can"), turn)
    claims = list(_claims(names))
    given = [
        rng.choice([claim for claim in claims if set(claim.data[1:]) == {link, link + 1}]) for link in range(size - 1)
    ]
    left = [model for model in _models(size) if all(claim.holds(model) for claim in given)]
    if not left:
        return None
    # Two classes that a premise is about are settled by it or are not settled at all.
    linked = [claim for claim in claims if abs(claim.data[1] - claim.data[2]) == 1]
    open_ones = [claim for claim in linked if len({claim.holds(model) for model in left}) == 2]
    asked = [*(claim for claim in claims if claim not in linked), *open_ones]
    chosen = choose_options(rng, form, left, Space(()), given, asked)
    if chosen is None:
        return None
    right, wrong = options(*chosen)
    rng.shuffle(given)
    return Puzzle(
        {"kind": "classes", "form": form, "size": size, "given": [claim.data for claim in given]},
        joined(rng.choice(WORDING["classes"]["intro"]), state(rng, given), ask_form(rng, form)),
        right,
        wrong,
        _why(form, left, chosen[0]),
    )


def _why(form: str, left: Sequence[int], right: Claim) -> str:
    count = sum(right.holds(model) for model in left)
    says = f"of the {len(left)} Venn diagrams that fit the premises, {count} have it that {right.words.en}"
    others = {
        "must": "the other options each fail in at least one",
        "can": "the other options hold in none",
        "cannot": "the other options each hold in at least one",
        "need_not": "the other options hold in all",
    }
    return f"{says[0].upper()}{says[1:]}; {others[form]}."
