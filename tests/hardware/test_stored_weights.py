"""Bytes of a weight by configurations as they are published."""

from typing import Any

import pytest

from benchharness.hardware.model_shape import UnknownShapeError
from benchharness.hardware.stored_weights import stored_dtype, stored_weight_bytes

AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm", "zero_point": True}
GPTQ = {"quant_method": "gptq", "bits": 8, "group_size": 128, "desc_act": False}
FP8 = {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128]}
COMPRESSED = {
    "quant_method": "compressed-tensors",
    "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int"}}},
}
BITSANDBYTES = {"quant_method": "bitsandbytes", "load_in_4bit": True, "load_in_8bit": False}
MXFP4 = {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"torch_dtype": "bfloat16"}, 2),
        ({"dtype": "float32"}, 4),
        ({"dtype": "torch.float16"}, 2),
        ({"text_config": {"dtype": "bfloat16"}}, 2),
        ({"torch_dtype": "bfloat16", "text_config": {"model_type": "llama"}}, 2),
        ({"torch_dtype": "float16", "quantization_config": AWQ}, 0.5),
        ({"torch_dtype": "float16", "quantization_config": GPTQ}, 1),
        ({"torch_dtype": "bfloat16", "quantization_config": FP8}, 1),
        ({"torch_dtype": "bfloat16", "quantization_config": COMPRESSED}, 0.5),
        ({"torch_dtype": "bfloat16", "quantization_config": BITSANDBYTES}, 0.5),
        ({"quantization_config": {**BITSANDBYTES, "load_in_4bit": False, "load_in_8bit": True}}, 1),
        ({"quantization_config": MXFP4}, 0.53125),
        ({"text_config": {"quantization_config": AWQ}}, 0.5),
    ],
)
def test_bytes_of_a_weight(config: dict[str, Any], expected: float) -> None:
    assert stored_weight_bytes(config) == expected


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"torch_dtype": None},
        {"torch_dtype": "float8_e4m3fn"},
        {"torch_dtype": "bfloat16", "quantization_config": {"quant_method": "novel"}},
        {"torch_dtype": "bfloat16", "quantization_config": {"quant_method": "novel", "bits": True}},
    ],
)
def test_what_is_not_told_is_not_guessed(config: dict[str, Any]) -> None:
    with pytest.raises(UnknownShapeError) as caught:
        stored_weight_bytes(config)
    assert caught.value.en != caught.value.zh


def test_the_dtype_of_the_text_goes_before_that_of_the_whole() -> None:
    assert stored_dtype({"torch_dtype": "float32", "text_config": {"torch_dtype": "bfloat16"}}) == "bfloat16"
    assert stored_dtype({}) is None
