"""How many bytes a weight takes as it is stored, from ``config.json``; quantised checkpoints among them."""

from collections.abc import Mapping
from typing import Any

from benchharness.hardware.model_shape import UnknownShapeError, text_part

DTYPE_BYTES: Mapping[str, float] = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0, "fp8": 1.0, "int8": 1.0}
METHOD_BITS: Mapping[str, float] = {"fp8": 8, "fbgemm_fp8": 8, "finegrained_fp8": 8, "mxfp4": 4.25}
"""Quantisations whose name settles the bits of a weight; MXFP4 has a scale of 8 bits for 32 weights of 4."""


def stored_dtype(config: Mapping[str, Any]) -> str | None:
    """Return the dtype in which ``config.json`` says the unquantised weights are, such as ``bfloat16``, if it does."""
    for part in (text_part(config), config):
        for key in ("dtype", "torch_dtype"):
            if isinstance(part.get(key), str):
                return str(part[key]).removeprefix("torch.")
    return None


def stored_weight_bytes(config: Mapping[str, Any]) -> float:
    """Return the bytes of a weight as stored: by the quantisation where there is one, by the dtype otherwise.

    Scales of groups are left out but for MXFP4, and so are tables that stay in 16 bits: for a quantised model the
    figure is a little low.

    Raises:
        UnknownShapeError: if neither is told, or the quantisation is not known.
    """
    quantised = config.get("quantization_config") or text_part(config).get("quantization_config")
    if isinstance(quantised, Mapping):
        bits = _bits(quantised)
        if bits is None:
            method = quantised.get("quant_method")
            raise UnknownShapeError(
                f"the bits of a weight under the quantisation {method!r} are not known",
                f"不了解量化方式 {method!r} 下每个权重的位数",
            )
        return bits / 8
    dtype = stored_dtype(config)
    if dtype is None or dtype not in DTYPE_BYTES:
        raise UnknownShapeError(
            f"config.json does not tell the dtype of the weights (found {dtype!r})",
            f"config.json 未说明权重的数据类型（实际值为 {dtype!r}）",
        )
    return DTYPE_BYTES[dtype]


def _bits(quantised: Mapping[str, Any]) -> float | None:
    named = METHOD_BITS.get(str(quantised.get("quant_method")))
    if named is not None:
        return named
    if quantised.get("load_in_4bit"):
        return 4
    if quantised.get("load_in_8bit"):
        return 8
    found = [quantised.get("bits"), quantised.get("w_bit")]
    groups = quantised.get("config_groups")
    if isinstance(groups, Mapping):
        found += [
            group["weights"].get("num_bits")
            for group in groups.values()
            if isinstance(group, Mapping) and isinstance(group.get("weights"), Mapping)
        ]
    numbers = [bits for bits in found if isinstance(bits, int | float) and not isinstance(bits, bool) and bits > 0]
    return min(numbers, default=None)
