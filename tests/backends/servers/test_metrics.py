"""Reading what a server keeps for Prometheus."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.servers.engines import VLLM
from benchharness.backends.servers.metrics import cache_tokens, read_metrics, read_samples

RECORDED = """# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="smollm2"} 2.0
vllm:num_requests_running{engine="1",model_name="smollm2"} 1.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="smollm2"} 0.125
vllm:kv_cache_usage_perc{engine="1",model_name="smollm2"} 0.5
# TYPE vllm:prefix_cache_queries counter
vllm:prefix_cache_queries_total{engine="0",model_name="smollm2"} 1.048576e+06
vllm:prefix_cache_queries_created{engine="0",model_name="smollm2"} 1.7638233946e+09
vllm:num_preemptions_total{engine="0",model_name="smollm2"} NaN
vllm:cache_config_info{block_size="128",cache_dtype="auto",engine="0",num_gpu_blocks="364"} 1.0
vllm:cache_config_info{block_size="128",engine="1",kv_cache_size_tokens="1000",num_gpu_blocks="364"} 1.0
vllm:cache_config_info{block_size="None",engine="2",num_gpu_blocks="None"} 1.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf"} 7.0
"""


def test_engines_are_taken_together() -> None:
    found = read_metrics(RECORDED, VLLM.metrics)
    assert found == {"running": 3.0, "cache_usage": 0.5, "prefix_queries": 1048576.0}
    assert cache_tokens(RECORDED) == 364 * 128 + 1000
    assert cache_tokens("") is None
    assert read_metrics("", VLLM.metrics) == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("up 1", ("up", {}, 1.0)),
        ('a:b{x="1, 2}",y="q\\"q"} -2e-3 1395066363000', ("a:b", {"x": "1, 2}", "y": 'q\\"q'}, -0.002)),
        ("x{} +Inf", ("x", {}, math.inf)),
        ("  x\t3 ", ("x", {}, 3.0)),
    ],
)
def test_a_sample(line: str, expected: object) -> None:
    assert read_samples(line) == [expected]


@pytest.mark.parametrize(
    "line", ["# HELP x y", "x", 'x{y="1} 2', "x y", "1x 2", "x{y=1 2", '<html lang="en">', "x 1 2 3"]
)
def test_no_sample(line: str) -> None:
    assert read_samples(line) == []


NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,20}", fullmatch=True)
LABELS = st.dictionaries(
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True),
    st.from_regex(r"([^\"\\\n]|\\\\|\\\"|\\n){0,12}", fullmatch=True),
    max_size=4,
)


@given(st.lists(st.tuples(NAMES, LABELS, st.floats(allow_nan=False)), max_size=6))
def test_what_is_written_is_read(samples: list[tuple[str, dict[str, str], float]]) -> None:
    lines = []
    for name, labels, value in samples:
        inner = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value!r}")
    assert read_samples("\n".join(lines)) == samples


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    read_samples(text)
    read_metrics(text, VLLM.metrics)
    cache_tokens(text)
