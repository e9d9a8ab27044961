"""In what a model computes and how its weights and its cache are stored, from ``config.json`` and a backend's word."""

from collections.abc import Mapping
from typing import Any

from benchharness.hardware.bounds import Storage
from benchharness.hardware.model_shape import UnknownShapeError
from benchharness.hardware.stored_weights import DTYPE_BYTES, METHOD_BITS, stored_dtype, stored_weight_bytes


def storage_of(config: Mapping[str, Any], numerics: Mapping[str, str], devices: int = 1) -> Storage:
    """Return in what products are computed, and the bytes of a weight and of an element of the cache.

    Args:
        config: of the model, as in ``config.json``.
        numerics: of the backend; ``dtype``, ``kv_cache_dtype`` and ``quantization`` are read where they are told.
        devices: how many share the work.

    Raises:
        UnknownShapeError: if one of them is not told.
    """
    dtype = numerics.get("dtype", "auto")
    if dtype == "auto":
        dtype = stored_dtype(config) or ""
    if dtype not in DTYPE_BYTES:
        raise UnknownShapeError(
            f"the dtype of the products is not known (found {dtype!r})",
            f"不了解计算所用的数据类型（实际值为 {dtype!r}）",
        )
    kept = numerics.get("kv_cache_dtype", "auto")
    cache_bytes = 1.0 if kept.startswith("fp8") else DTYPE_BYTES.get(kept, DTYPE_BYTES[dtype])
    method = numerics.get("quantization", "none")
    if config.get("quantization_config"):
        weight_bytes = stored_weight_bytes(config)
    elif method in METHOD_BITS:
        weight_bytes = METHOD_BITS[method] / 8
    elif method == "none":
        weight_bytes = DTYPE_BYTES[dtype]
    else:
        raise UnknownShapeError(
            f"the bits of a weight under the quantisation {method!r} are not known",
            f"不了解量化方式 {method!r} 下每个权重的位数",
        )
    # Weights and activations of 8-bit floats are multiplied as such.
    return Storage("fp8" if "fp8" in method else dtype, weight_bytes, cache_bytes, devices)
