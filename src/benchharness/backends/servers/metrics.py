"""A server's own counters, read from the text that it keeps for Prometheus."""

import math
import re
from collections.abc import Mapping

SAMPLE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r"(?:\{(?P<labels>(?:[^\"{}]|\"(?:[^\"\\]|\\.)*\")*)\})?"
    r"[ \t]+(?P<value>[^ \t]+)(?:[ \t]+-?\d+)?"
)
LABEL = re.compile(r"(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*\"(?P<value>(?:[^\"\\]|\\.)*)\"")

LARGEST = ("cache_usage",)
"""What is a share: of several engines the largest counts. Everything else is added up."""


def read_samples(text: str) -> list[tuple[str, Mapping[str, str], float]]:
    """Read text in Prometheus' format, version 0.0.4: name, labels and value of every sample.

    Comments are left out, and so are lines that are no sample, as in a text that was cut off.
    Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    samples: list[tuple[str, Mapping[str, str], float]] = []
    for line in text.split("\n"):
        found = SAMPLE.fullmatch(line.strip(" \t\r"))
        if found is None:
            continue
        try:
            value = float(found["value"])
        except ValueError:
            continue
        labels = {label["name"]: label["value"] for label in LABEL.finditer(found["labels"] or "")}
        samples.append((found["name"], labels, value))
    return samples


def read_metrics(text: str, names: Mapping[str, str]) -> dict[str, float]:
    """Return the counters that have a name here, over all engines of a server.

    Args:
        text: what the server says at ``/metrics``.
        names: the server's name of a sample → ours. Where several have the same, those of them that are there add up.
    """
    found: dict[str, float] = {}
    for name, _, value in read_samples(text):
        ours = names.get(name)
        if ours is None or math.isnan(value):
            continue
        if ours in LARGEST:
            found[ours] = max(found.get(ours, 0.0), value)
        else:
            found[ours] = found.get(ours, 0.0) + value
    return found


def cache_tokens(text: str) -> float | None:
    """Return how many tokens the cache of vLLM holds, over all engines; ``None`` where the server does not say.

    vLLM tells it by labels of a sample, ``vllm:cache_config_info``: as a number of tokens, or before it had that, as
    the number and the size of its blocks.
    """
    total = 0.0
    for name, labels, _ in read_samples(text):
        if name == "vllm:cache_config_info":
            total += _number(labels, "kv_cache_size_tokens") or (
                _number(labels, "num_gpu_blocks") * _number(labels, "block_size")
            )
    return total or None


def _number(labels: Mapping[str, str], name: str) -> float:
    """Return the whole number in a label, 0 if there is none."""
    value = labels.get(name, "")
    return float(value) if value.isascii() and value.isdigit() else 0.0
