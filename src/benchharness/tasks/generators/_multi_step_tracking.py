"""Multi-step reasoning, state tracking: transfers among holders, places in a queue."""

from fractions import Fraction
from random import Random
from typing import Any

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import Words, draw_people, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def in_order(steps: list[Words]) -> Words:
    """Say steps one after another, from 首先 or "First" to 最后 or "Finally"."""
    order = _WORDING["order"]
    middle = order["middle"]
    lead = [order["first"], *(middle[place % len(middle)] for place in range(len(steps) - 2)), order["last"]]
    said = [Words(word.zh + step.zh, f"{word.en}{step.en}.") for word, step in zip(lead, steps, strict=True)]
    return Words("；".join(part.zh for part in said) + "。", " ".join(part.en for part in said))


def _draw_step(rng: Random, held: list[int]) -> dict[str, Any] | None:
    """Draw a transfer that is possible, or ``None``."""
    a, b = rng.sample(range(len(held)), 2)
    kind = rng.choice(["move", "half", "match", "loss", "gain", "level"])
    n = rng.randint(3, 25)
    gap = held[a] - held[b]
    possible = {
        "move": held[a] > n,
        "half": held[a] % 2 == 0 and held[a] > 0,
        "match": held[a] > held[b] > 0,
        "loss": held[a] > n,
        "gain": True,
        "level": gap > 0 and gap % 2 == 0,
    }
    if not possible[kind]:
        return None
    return {"do": kind, "a": a, "b": b, "n": n if kind in ("move", "loss", "gain") else 0}


def _apply(held: list[int], step: dict[str, Any]) -> list[int]:
    a, b, n = step["a"], step["b"], step["n"]
    given = {"move": n, "half": held[a] // 2, "match": held[b], "level": (held[a] - held[b]) // 2}.get(step["do"], 0)
    after = list(held)
    after[a] += {"loss": -n, "gain": n}.get(step["do"], -given)
    after[b] += given
    return after


def _relevant(steps: list[dict[str, Any]], asked: set[int]) -> int:
    """Return how many of the steps the amounts asked for depend on."""
    needed, number = set(asked), 0
    for step in reversed(steps):
        touched = {step["a"]} if step["do"] in ("loss", "gain") else {step["a"], step["b"]}
        if touched & needed:
            number += 1
            needed |= touched if step["do"] in ("half", "match", "level") else set()
    return number


def _transfers(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["transfers"]
    scene = rng.choice(wording["scenes"])
    names = scene["names"] if "names" in scene else draw_people(rng, 4)
    start = [rng.randint(12, 80) for _ in range(4)]
    held = start
    steps: list[dict[str, Any]] = []
    history: list[str] = []
    while len(steps) < (5, 6, 8)[level - 1]:
        step = _draw_step(rng, held)
        if step is None or (steps and step["do"] == steps[-1]["do"]):
            continue
        steps.append(step)
        held = _apply(held, step)
        history.append("/".join(map(str, held)))
    x, y = rng.sample(range(4), 2)
    place = rng.randrange(3)
    answer = (held[x], abs(held[x] - held[y]), held[x] + held[y])[place]
    if answer == 0 or _relevant(steps, {x, y} if place else {x}) < 3 + level:
        return None
    unit, thing = scene["unit"], scene["thing"]
    said = [
        fill(
            wording[scene["style"]][step["do"]],
            a=names[step["a"]],
            b=names[step["b"]],
            n=step["n"],
            unit=unit,
            thing=thing,
        )
        for step in steps
    ]
    numbers = {f"n{letter}": number for letter, number in zip("abcd", start, strict=True)}
    opening = fill(scene["text"], **dict(zip("abcd", names, strict=True)), **numbers)
    question = fill(wording["questions"][place], x=names[x], y=names[y], unit=unit)
    problem = {
        "form": "integer",
        "start": start,
        "steps": steps,
        "ask": ("of", "difference", "sum")[place],
        "of": [x, y],
    }
    why = f"In the order of the first sentence they hold {', '.join(history)}."
    return Draft(problem, answer, why, joined(opening, in_order(said), question), scene["text"].en)


def _solve_transfers(problem: Problem) -> Number:
    """Pull the quantity asked for back through the steps, each an affine map, to the start."""
    x, y = problem["of"]
    values = [_held_at_end(problem, who) for who in (x, y)]
    return {"of": values[0], "difference": abs(values[0] - values[1]), "sum": values[0] + values[1]}[problem["ask"]]


def _held_at_end(problem: Problem, who: int) -> Fraction:
    weights, constant = [Fraction(place == who) for place in range(4)], Fraction(0)
    for step in reversed(problem["steps"]):
        a, b, n = step["a"], step["b"], step["n"]
        wa, wb = weights[a], weights[b]
        match step["do"]:
            case "move":
                constant += n * (wb - wa)
            case "half":
                weights[a] = (wa + wb) / 2
            case "match":
                weights[b] = 2 * wb - wa
            case "level":
                weights[a] = weights[b] = (wa + wb) / 2
            case "loss":
                constant -= n * wa
            case "gain":
                constant += n * wa
    return constant + sum((w * s for w, s in zip(weights, problem["start"], strict=True)), Fraction(0))


def _draw_queue_step(rng: Random, length: int, place: int) -> tuple[str, int, int, int] | None:
    """Draw what happens in a queue: its name, its number, and the length and the place after it."""
    kind = rng.choice(["serve", "join", "leave_before", "leave_behind", "back", "friends", "swap"])
    n = rng.randint(2, 6)
    before, behind = place - 1, length - place
    room = {"serve": before, "leave_before": before, "swap": before, "leave_behind": behind, "back": behind}
    if room.get(kind, 99) <= n:
        return None
    length += {"serve": -n, "join": n, "leave_before": -n, "leave_behind": -n, "friends": n}.get(kind, 0)
    place += {"serve": -n, "leave_before": -n, "back": n, "friends": n, "swap": -n}.get(kind, 0)
    return kind, n, length, place


def _queue(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["queue"]
    (x,) = draw_people(rng, 1)
    scene = rng.choice(wording["scenes"])
    start = length = rng.randint(22, 48)
    first = place = rng.randint(10, length - 6)
    steps: list[list[Any]] = []
    history = []
    while len(steps) < 4 + level:
        drawn = _draw_queue_step(rng, length, place)
        if drawn is None or (steps and drawn[0] == steps[-1][0]):
            continue
        kind, n, length, place = drawn
        steps.append([kind, n])
        history.append(f"{place} of {length}")
    ask = rng.choice(["position", "behind"])
    answer = place if ask == "position" else length - place
    elsewhere = ("join", "leave_behind") if ask == "position" else ("serve", "leave_before", "friends")
    if sum(kind not in elsewhere for kind, _ in steps) < 4:
        return None
    text = joined(
        fill(scene, length=start, x=x, p=first, spare=rng.randint(7, 35)),
        in_order([fill(wording["steps"][kind], n=n, x=x) for kind, n in steps]),
        fill(wording["questions"][ask], x=x),
    )
    problem = {"form": "integer", "length": start, "place": first, "steps": steps, "ask": ask}
    return Draft(problem, answer, f"The places are {', '.join(history)}.", text, scene.en)


def _solve_queue(problem: Problem) -> Number:
    queue = ["other"] * problem["length"]
    queue[problem["place"] - 1] = "x"
    for kind, n in problem["steps"]:
        at = queue.index("x")
        match kind:
            case "serve":
                queue = queue[n:]
            case "join":
                queue += ["other"] * n
            case "leave_before":
                del queue[at - n : at]
            case "leave_behind":
                del queue[at + 1 : at + 1 + n]
            case "friends":
                queue[at:at] = ["other"] * n
            case "back" | "swap":
                other = at + n if kind == "back" else at - n
                if kind == "back":
                    queue.insert(other, queue.pop(at))
                else:
                    queue[at], queue[other] = queue[other], queue[at]
    at = queue.index("x")
    return at + 1 if problem["ask"] == "position" else len(queue) - at - 1


KINDS = (
    Kind("transfers", "state_tracking", _transfers, _solve_transfers),
    Kind("queue", "state_tracking", _queue, _solve_queue),
)
