"""Medians over repeats, with the lowest and the highest."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

NOT_SUMMARISED = frozenset({"meter", "errors"})


def summarise_passes(passes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return, in the form of one pass's figures, median, lowest and highest of each over the passes.

    A figure that a pass does not have is ``None`` for all of them: a median over fewer passes would look like the
    others and be another thing.

    Args:
        passes: figures of the repeats of one cell; at least one.
    """
    return {key: _merge([one[key] for one in passes]) for key in passes[0] if key not in NOT_SUMMARISED}


def _merge(values: Sequence[Any]) -> Any:
    if any(value is None for value in values):
        return None
    if isinstance(values[0], Mapping):
        return {key: _merge([value[key] for value in values]) for key in values[0]}
    if isinstance(values[0], bool):
        return all(values)
    return {"median": median(values), "low": min(values), "high": max(values)}
