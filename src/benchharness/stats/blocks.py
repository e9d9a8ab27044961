"""Differences over facts that are not independent: those that stand in one text are resampled together."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy
from scipy import sparse

from benchharness.stats.intervals import Interval, mean_interval
from benchharness.stats.paired import paired_difference, sign_flip


class Pairs(NamedTuple):
    """Scores of the same facts under two conditions.

    Attributes:
        first: in [0, 1], one a fact.
        second: in the same order.
        blocks: what each fact shares with others.
    """

    first: Sequence[float]
    second: Sequence[float]
    blocks: Sequence[str]

    def differences(self, share: float = 1.0) -> list[float]:
        """Return first less ``share`` of second, one a fact."""
        return [one - share * two for one, two in zip(self.first, self.second, strict=True)]


class Effect(NamedTuple):
    """A mean difference with its 95 % interval and a two-sided p-value of no difference.

    Attributes:
        value: the mean; of several strata, the mean of their means.
        interval: of the mean.
        p_value: by sign flips of whole blocks, or McNemar's exact test.
        n: differences that it is the mean of.
    """

    value: float
    interval: Interval
    p_value: float
    n: int


def connect(shared: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Return the block of each fact: facts that share a cluster, directly or by way of others, are in one.

    Where that leaves a single block, so that nothing could be resampled, each fact is a block of its own: what is
    then said holds for that one text.

    Args:
        shared: fact and cluster of each item; ``None`` for a cluster of its own.
    """
    pairs = list(shared)
    facts = {fact: index for index, fact in enumerate(dict.fromkeys(fact for fact, _ in pairs))}
    clusters = {name: len(facts) + index for index, name in enumerate(dict.fromkeys(name for _, name in pairs if name))}
    edges = [(facts[fact], clusters[name]) for fact, name in pairs if name]
    size = len(facts) + len(clusters)
    rows, columns = [edge[0] for edge in edges], [edge[1] for edge in edges]
    graph = sparse.coo_matrix((numpy.ones(len(edges)), (rows, columns)), shape=(size, size))
    _, labels = sparse.csgraph.connected_components(graph, directed=False)
    found = {fact: str(labels[index]) for fact, index in facts.items()}
    return found if len(set(found.values())) > 1 else {fact: fact for fact in facts}


def paired_effect(strata: Sequence[Pairs], *, seed: int = 0) -> Effect:
    """Return the mean difference, first less second, over strata that each count the same.

    A stratum of single facts scored 0 or 1 is compared by McNemar's exact test; all else by sign flips of blocks. The
    intervals are those of ``paired_interval``; those of several strata are joined by square-and-add, which takes them
    as independent.

    Args:
        strata: pairs of each task; at least one pair in each.
        seed: of the sign flips.
    """
    differences = [part.differences() for part in strata]
    intervals = [paired_interval(part) for part in strata]
    p_value = _sign_flips(differences, [part.blocks for part in strata], seed)
    if len(strata) == 1 and _binary(strata[0].first, strata[0].second) and _single(strata[0].blocks):
        p_value = paired_difference(strata[0].first, strata[0].second, seed=seed).p_value
    return _combined(differences, intervals, p_value)


def change_of_difference(strata: Sequence[tuple[Pairs, Pairs]], *, seed: int = 0) -> Effect:
    """Return the mean difference of some pairs less that of others, of the same facts in the same order.

    Args:
        strata: for each task, the pairs and those that are subtracted; at least one fact in each.
        seed: of the sign flips.
    """
    differences, intervals = [], []
    for one, two in strata:
        first, second = one.differences(), two.differences()
        values = [ours - theirs for ours, theirs in zip(first, second, strict=True)]
        differences.append(values)
        binary = _binary(one.first, one.second, two.first, two.second)
        resampled = None if binary else _bootstrap(values, one.blocks, -2.0, 2.0)
        means = [float(numpy.mean(first)), float(numpy.mean(second))]
        both = [paired_interval(one), paired_interval(two)]
        intervals.append(resampled or square_and_add(means, both, [1.0, -1.0], _correlation(first, second)))
    p_value = _sign_flips(differences, [one.blocks for one, _ in strata], seed)
    return _combined(differences, intervals, p_value)


def paired_interval(pairs: Pairs, share: float = 1.0) -> Interval:
    """Return the 95 % interval of the mean of first less ``share`` of second.

    For scores of 0 and 1, the intervals of both means (``mean_interval``: Wilson's, by the design effect of what facts
    share), joined by square-and-add with their correlation over facts: Newcombe's method 10 (1998, Statistics in
    Medicine 17, 2635-2650), here with a weight. A bootstrap would be of width 0 for a reader who is always right,
    however few the facts. For other scores, the bootstrap of blocks of pairs, or where all differences are equal, so
    that there is nothing to resample, square-and-add again.

    Args:
        pairs: at least one.
        share: in (0, 1].
    """
    if not _binary(pairs.first, pairs.second):
        resampled = _bootstrap(pairs.differences(share), pairs.blocks, -share, 1.0)
        if resampled is not None:
            return resampled
    means = [float(numpy.mean(pairs.first)), float(numpy.mean(pairs.second))]
    both = [known_interval(pairs.first, pairs.blocks), known_interval(pairs.second, pairs.blocks)]
    joined = square_and_add(means, both, [1.0, -share], _correlation(pairs.first, pairs.second))
    low, high = max(-share, joined.low), min(1.0, joined.high)
    return Interval(low, high, "newcombe" if _single(pairs.blocks) else "newcombe, clustered")


def known_interval(values: Sequence[float], clusters: Sequence[str | None]) -> Interval:
    """Return ``mean_interval``, remembered: the same scores stand in a task's own row, in pairs and in all tasks'."""
    return _remembered(tuple(values), tuple(clusters))


def square_and_add(
    values: Sequence[float], intervals: Sequence[Interval], weights: Sequence[float], correlation: float = 0.0
) -> Interval:
    """Return the interval of a weighted sum of estimates (MOVER).

    Source: G. Y. Zou and A. Donner (2008), Statistics in Medicine 27, 1693-1702.

    Args:
        values: the estimates.
        intervals: theirs.
        weights: theirs; a negative one turns its interval round.
        correlation: of the first two estimates; all others are independent.
    """
    below, above = [], []
    for value, interval, weight in zip(values, intervals, weights, strict=True):
        ends = weight * (value - interval.low), weight * (interval.high - value)
        below.append(ends[0] if weight > 0 else ends[1])
        above.append(ends[1] if weight > 0 else ends[0])
    centre = math.fsum(weight * value for weight, value in zip(weights, values, strict=True))
    return Interval(centre - _length(below, correlation), centre + _length(above, correlation), "MOVER")


def holm(p_values: Mapping[int, float]) -> dict[int, float]:
    """Return p-values adjusted for the number of tests, by key.

    Source: S. Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    adjusted: dict[int, float] = {}
    highest = 0.0
    for rank, (key, p_value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_value))
        adjusted[key] = highest
    return adjusted


@lru_cache(maxsize=8192)
def _remembered(values: tuple[float, ...], clusters: tuple[str | None, ...]) -> Interval:
    return mean_interval(values, clusters)


def _length(parts: Sequence[float], correlation: float) -> float:
    crossed = 2 * correlation * parts[0] * parts[1] if len(parts) > 1 else 0.0
    return math.sqrt(max(0.0, math.fsum(part * part for part in parts) + crossed))


def _binary(*scores: Sequence[float]) -> bool:
    return all(bool(numpy.isin(values, (0.0, 1.0)).all()) for values in scores)


def _single(blocks: Sequence[str]) -> bool:
    return len(set(blocks)) == len(blocks)


def _correlation(one: Sequence[float], two: Sequence[float]) -> float:
    """Return the correlation over facts, a positive one shrunk by Newcombe's continuity correction."""
    first, second = numpy.asarray(one, dtype=float), numpy.asarray(two, dtype=float)
    spread = float(first.std() * second.std())
    if spread < 1e-12:
        return 0.0
    covariance = float(((first - first.mean()) * (second - second.mean())).mean())
    if covariance > 0:
        covariance = max(covariance - 1 / (2 * len(first)), 0.0)
    return max(-1.0, min(1.0, covariance / spread))


def _bootstrap(values: Sequence[float], blocks: Sequence[str], least: float, most: float) -> Interval | None:
    """Return the interval of the mean of values in [least, most]; ``None`` where there is nothing to resample."""
    if numpy.ptp(values) < 1e-9 or len(set(blocks)) < 2:
        return None
    scaled = [(value - least) / (most - least) for value in values]
    moved = known_interval(scaled, blocks)
    low, high = least + (most - least) * moved.low, least + (most - least) * moved.high
    return Interval(low, high, moved.method) if math.isfinite(low + high) else None


def _combined(differences: Sequence[Sequence[float]], intervals: Sequence[Interval], p_value: float) -> Effect:
    means = [float(numpy.mean(values)) for values in differences]
    weights = [1 / len(means)] * len(means)
    interval = intervals[0] if len(means) == 1 else square_and_add(means, intervals, weights)
    return Effect(math.fsum(means) / len(means), interval, p_value, sum(map(len, differences)))


def _sign_flips(differences: Sequence[Sequence[float]], blocks: Sequence[Sequence[str]], seed: int) -> float:
    sums: list[float] = []
    for values, names in zip(differences, blocks, strict=True):
        by_block: dict[str, float] = {}
        for value, name in zip(values, names, strict=True):
            by_block[name] = by_block.get(name, 0.0) + value / len(values)
        sums.extend(by_block.values())
    told = [value for value in sums if abs(value) > 1e-12]
    return sign_flip(told, seed)
