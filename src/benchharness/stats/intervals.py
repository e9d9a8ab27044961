"""Confidence intervals of a mean score."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy
from scipy import stats

CONFIDENCE = 0.95
RESAMPLES = 9999


class Interval(NamedTuple):
    """A two-sided confidence interval and how it was made."""

    low: float
    high: float
    method: str


def wilson(successes: float, trials: float, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of a proportion.

    Args:
        successes: number of successes; may be a fraction of an effective sample size.
        trials: number of trials, or the effective sample size; above 0.
        confidence: in (0, 1).

    Source: E. B. Wilson (1927), Journal of the American Statistical Association 22, 209-212. It is never of width
    0, and covers well down to a few trials.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"no proportion: {successes} of {trials}")
    if float(successes).is_integer() and float(trials).is_integer():
        exact = stats.binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
        return Interval(float(exact.low), float(exact.high), "wilson")
    z = float(stats.norm.ppf((1 + confidence) / 2))
    p = successes / trials
    centre = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * (p * (1 - p) / trials + z * z / (4 * trials * trials)) ** 0.5
    return Interval(max(0.0, centre - half), min(1.0, centre + half), "wilson")


def mean_interval(values: Sequence[float], clusters: Sequence[str | None] | None = None, *, seed: int = 0) -> Interval:
    """Return a 95 % interval of the mean of scores in [0, 1].

    Wilson's for scores that are all 0 or 1; if some of them share a cluster, with the sample size divided by the
    design effect. Otherwise the bias-corrected and accelerated bootstrap, of clusters if there are any; where all
    scores or all clusters have one mean, so that nothing can be resampled, the range that a binary score with that
    mean would have, with a sample size of the number of clusters.

    Args:
        values: one score an item; at least one.
        clusters: the cluster of each item, ``None`` for an item by itself.
        seed: of the bootstrap.
    """
    scores = numpy.asarray(values, dtype=float)
    groups = _groups(clusters) if clusters is not None else None
    binary = bool(numpy.isin(scores, (0.0, 1.0)).all())
    if binary or numpy.ptp(scores) == 0:
        effect = design_effect(scores, groups) if groups is not None else 1.0
        interval = wilson(float(scores.mean()) * len(scores) / effect, len(scores) / effect)
        return interval if effect == 1 else interval._replace(method="wilson, clustered")
    if groups is None:
        groups = [[index] for index in range(len(scores))]
    sums = numpy.array([scores[group].sum() for group in groups])
    sizes = numpy.array([len(group) for group in groups])
    if numpy.ptp(sums / sizes) < 1e-12:
        return wilson(float(scores.mean()) * len(groups), len(groups))._replace(method="wilson, clustered")
    result = stats.bootstrap(
        (sums, sizes),
        lambda total, size, axis=-1: total.sum(axis=axis) / size.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        method="BCa",
        rng=numpy.random.default_rng(seed),
    )
    low, high = result.confidence_interval
    return Interval(float(low), float(high), "bootstrap" if len(groups) == len(scores) else "bootstrap, clustered")


def _groups(clusters: Sequence[str | None]) -> list[list[int]] | None:
    members: dict[str, list[int]] = defaultdict(list)
    for index, cluster in enumerate(clusters):
        members[f"item {index}" if cluster is None else f"cluster {cluster}"].append(index)
    return list(members.values()) if len(members) < len(clusters) else None


def design_effect(scores: "numpy.typing.NDArray[numpy.float64]", groups: Sequence[Sequence[int]] | None) -> float:
    """Return by how much clustering inflates the variance of the mean; at least 1.

    The ratio of the cluster-robust variance to that of independent items (Korn and Graubard 1998, Survey
    Methodology 24, 193-201, use it to shrink the sample size). 1 where all scores are equal.
    """
    residuals = scores - scores.mean()
    independent = float((residuals**2).sum())
    if groups is None or independent == 0 or len(groups) < 2:
        return 1.0
    clustered = sum(float(residuals[list(group)].sum()) ** 2 for group in groups) * len(groups) / (len(groups) - 1)
    return max(1.0, clustered / independent)


def stratified_interval(
    strata: Sequence[Sequence[float]],
    weights: Sequence[float],
    clusters: Sequence[Sequence[str | None]] | None = None,
) -> Interval:
    """Return a 95 % interval of a weighted mean of independent means of scores in [0, 1].

    The square-and-add method of G. Y. Zou and A. Donner (2008, Statistics in Medicine 27, 1693-1702; MOVER): the
    distances from each mean to the ends of its own interval add up like standard errors. It stays honest where a
    task is all right or all wrong, where a bootstrap would see no variance.

    Args:
        strata: the scores of each part, at least one score a part.
        weights: the weight of each part, above 0; they need not sum to 1.
        clusters: for each part, what each of its scores shares with others, as in ``mean_interval``.
    """
    shares = numpy.asarray(weights, dtype=float) / numpy.sum(weights)
    means = numpy.array([numpy.mean(scores) for scores in strata])
    shared: Sequence[Sequence[str | None] | None] = clusters or [None] * len(strata)
    intervals = [mean_interval(scores, of_part) for scores, of_part in zip(strata, shared, strict=True)]
    below = shares * (means - numpy.array([interval.low for interval in intervals]))
    above = shares * (numpy.array([interval.high for interval in intervals]) - means)
    centre = float((shares * means).sum())
    low, high = centre - float((below**2).sum()) ** 0.5, centre + float((above**2).sum()) ** 0.5
    return Interval(max(0.0, low), min(1.0, high), "MOVER")
