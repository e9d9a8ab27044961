"""RoPE scaling by name: a longer window than the model's own, where the user asks for it."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from benchharness.backends.base import BackendOptions
from benchharness.errors import InputError

OPTION = "rope_scaling"
FULL_ATTENTION = "full_attention"
SCALINGS = ("yarn", "linear", "dynamic")
"""What a model without scaling can be given: all that they need is a factor."""
OWN_SCALINGS = (*SCALINGS, "llama3")
"""Scalings of a model's own of which the factor can be changed."""


class RopeScaling(NamedTuple):
    """A scaling that the user asks for.

    Attributes:
        kind: its name in ``transformers``.
        factor: how many times as long the text is as the one the model was made for.
    """

    kind: str
    factor: float

    def __str__(self) -> str:
        """Return it as the user writes it."""
        return f"{self.kind}:{self.factor:g}"


def read_scaling(options: BackendOptions) -> RopeScaling | None:
    """Return what ``--option rope_scaling=KIND:FACTOR`` asks for; ``None`` if it is not given.

    Raises:
        InputError: if there is no such kind, or the factor is no number above 1.
    """
    given = options.extra.get(OPTION)
    if given is None:
        return None
    kind, _, text = given.partition(":")
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if kind not in OWN_SCALINGS or not 1 < factor < math.inf:
        kinds = [f"{name}:FACTOR" for name in OWN_SCALINGS]
        raise InputError(
            en=f"--option {OPTION}={given}: expected {', '.join(kinds[:-1])} or {kinds[-1]}, with a factor above 1,"
            " such as yarn:4.",
            zh=f"--option {OPTION}={given}：应为 {'、'.join(kinds)} 之一，FACTOR 为大于 1 的数，例如 yarn:4。",
        )
    return RopeScaling(kind, factor)


def rope_kinds(config: Any) -> frozenset[str]:
    """Return the kinds of RoPE of a text configuration, in the words of ``transformers``; empty without RoPE."""
    return frozenset(part.get("rope_type") or "default" for part in _parts(config).values())


def scale_rope(config: Any, scaling: RopeScaling) -> int:
    """Give a text configuration a scaling, and return the tokens that its window then holds.

    A model without scaling gets the kind asked for, reckoned from its own window. Of one that has the same kind, the
    factor alone is replaced. Layers with a sliding window keep what they have.

    Args:
        config: of ``transformers``, changed in place.
        scaling: what is asked for.

    Raises:
        InputError: if the model has no RoPE, or a scaling of another kind.
    """
    parts = _parts(config)
    window: int | None = getattr(config, "max_position_embeddings", None)
    if not parts or window is None:
        raise InputError(
            en=f"--option {OPTION}={scaling}: this model's config.json names no RoPE that could be scaled.",
            zh=f"--option {OPTION}={scaling}：该模型的 config.json 中没有可缩放的 RoPE。",
        )
    part = parts.get(FULL_ATTENTION) or next(iter(parts.values()))
    own = part.get("rope_type") or "default"
    if own == "default" and scaling.kind in SCALINGS:
        part |= {"rope_type": scaling.kind, "factor": scaling.factor}
        if scaling.kind == "yarn":
            part["original_max_position_embeddings"] = window
        return int(window * scaling.factor)
    if own != scaling.kind:
        can_change = own in OWN_SCALINGS
        raise InputError(
            en=f"--option {OPTION}={scaling}: the RoPE of this model is of the kind {own}, which cannot be turned into"
            f" {scaling.kind}." + (f" Its factor can be changed: {own}:FACTOR." if can_change else ""),
            zh=f"--option {OPTION}={scaling}：该模型的 RoPE 类型为 {own}，不能改为 {scaling.kind}。"
            + (f"可更改其倍数：{own}:FACTOR。" if can_change else ""),
        )
    before = float(part["factor"])
    part["factor"] = scaling.factor
    return int(window * scaling.factor / before)


def _parts(config: Any) -> Mapping[str, dict[str, Any]]:
    """Return the parameters of RoPE by kind of layer; those of all layers together under ``full_attention``."""
    parameters: dict[str, Any] = getattr(config, "rope_parameters", None) or {}
    nested = {name: part for name, part in parameters.items() if isinstance(part, dict) and "rope_theta" in part}
    if nested:
        return nested
    return {FULL_ATTENTION: parameters} if "rope_theta" in parameters else {}
