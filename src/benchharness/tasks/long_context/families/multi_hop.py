"""Several hops: a question whose answer is the last of a chain of facts, each of which names what the next is about."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import CodeName, draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, numbers_target, spread
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.families._wording import Texts, read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]

_KINDS: Mapping[str, Mapping[str, Any]] = read_wording("multi_hop.wording.yaml")
_MOST_HOPS = 5
_MOST_CHAINS = 10


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose facts stand all over the text in any order, whatever the depth.

    A named thing leads to another, that to a third, and the last has the number that is asked for. Options: ``hops``,
    how many facts the answer takes, from 2 to 5, 2 by default; ``chains``, how many chains of the same form there are,
    from 1 to 10, 3 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "hops", "chains")
    hops = read_whole(options, "hops", default=2, least=2, most=_MOST_HOPS)
    chains = read_whole(options, "chains", default=3, least=1, most=_MOST_CHAINS)
    begin = rng.randrange(len(_KINDS) - hops + 1)
    kinds = list(_KINDS)[begin : begin + hops]
    names, values = draw_names(rng, chains * hops), draw_numbers(rng, chains)
    steps = [(chain, step) for chain in range(chains) for step in range(hops)]
    rng.shuffle(steps)
    facts = tuple(
        _fact(rng, kinds, names[chain * hops : (chain + 1) * hops], values[chain], step, where)
        for (chain, step), where in zip(steps, spread(rng, len(steps)), strict=True)
    )
    asked = {"kinds": kinds, "of": names[0].id}
    return Problem(facts, _question(kinds, names[0]), numbers_target(values[:1]), None, asked)


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number to which the thing ``asked["of"]`` leads through the kinds of things asked for.

    Raises:
        ValueError: if a fact is missing on the way, or there are several.
    """
    of = asked["of"]
    *through, last = asked["kinds"]
    for kind in through:
        of = _only(records, kind, of, "to")
    return numbers_target([_only(records, last, of, "value")])


def _only(records: Sequence[Mapping[str, Any]], kind: str, of: str, key: str) -> Any:
    found = [record[key] for record in records if record["kind"] == kind and record["of"] == of and key in record]
    if len(found) != 1:
        raise ValueError(f"{len(found)} records give {key!r} of the {kind} {of!r}, not one")
    return found[0]


def _fact(rng: Random, kinds: Sequence[str], names: Sequence[CodeName], value: int, step: int, depth: float) -> Fact:
    kind, of = kinds[step], names[step]
    if step == len(kinds) - 1:
        text = say(rng.choice(_KINDS[kind]["states"]), of=of.text, value=value)
        return Fact({"kind": kind, "of": of.id, "value": value}, text, depth)
    to = names[step + 1]
    text = say(rng.choice(_KINDS[kind]["leads"]), of=of.text, to=to.text)
    return Fact({"kind": kind, "of": of.id, "to": to.id}, text, depth)


def _question(kinds: Sequence[str], name: CodeName) -> dict[Language, str]:
    """Return the question: a clause for each fact that leads on, and then what is asked of the last thing."""
    *through, last = kinds
    clauses: list[Texts] = [
        say(_KINDS[kind]["asks"]["then" if number else "first"], of=name.text) for number, kind in enumerate(through)
    ]
    joints = {Language.ZH: ("，", "。"), Language.EN: ("; ", ". ")}
    return {
        language: f"{comma.join(clause[language] for clause in clauses)}{stop}{_KINDS[last]['number'][language]}"
        for language, (comma, stop) in joints.items()
    }
