"""Service level objectives: the latencies that an answer has to keep to count towards goodput."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from benchharness.errors import InputError
from benchharness.registry.documents import did_you_mean

MLPERF_SOURCE: Final = "MLPerf Inference v6.1, loadgen/mlperf.conf, <model>.Server.ttft_latency and tpot_latency"
MLPERF_SHARE: Final = 0.99
"""Share of requests that MLPerf asks to keep the objective (``Server.target_latency_percentile = 99``)."""

_MLPERF_MILLISECONDS: Final[Mapping[str, tuple[float, float]]] = {
    "llama2-70b": (2000, 200),
    "llama2-70b-interactive": (450, 40),
    "mixtral-8x7b": (2000, 200),
    "llama3.1-8b": (2000, 100),
    "llama3.1-8b-interactive": (500, 30),
    "llama3.1-405b": (6000, 175),
    "llama3.1-405b-interactive": (4500, 80),
    "deepseek-r1": (2000, 80),
    "deepseek-r1-interactive": (1500, 15),
    "gpt-oss-120b": (3000, 80),
    "gpt-oss-120b-interactive": (2000, 15),
}

_LIMIT = re.compile(r"(ttft|tpot|e2e)=([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Slo:
    """What an answer has to keep, all of it, in seconds; ``None`` for no bound.

    Attributes:
        name: as the user wrote it.
        ttft: most time to the first token.
        tpot: most time per output token.
        e2e: most time to the last token.
        share: share of the requests that have to keep it, where its source says so.
        source: where a preset comes from.
    """

    name: str
    ttft: float | None = None
    tpot: float | None = None
    e2e: float | None = None
    share: float | None = None
    source: str | None = None

    def keeps(self, *, ttft: float, tpot: float, e2e: float) -> bool:
        """Tell whether an answer with these latencies, in seconds, keeps all bounds."""
        pairs = ((self.ttft, ttft), (self.tpot, tpot), (self.e2e, e2e))
        return all(bound is None or found <= bound for bound, found in pairs)

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "ttft_seconds": self.ttft,
            "tpot_seconds": self.tpot,
            "e2e_seconds": self.e2e,
            "share": self.share,
            "source": self.source,
        }


def slo_presets() -> dict[str, Slo]:
    """Return the presets by name: the bounds of MLPerf's server scenario for its classes of models."""
    return {
        f"mlperf:{model}": Slo(
            f"mlperf:{model}", ttft=ttft / 1000, tpot=tpot / 1000, share=MLPERF_SHARE, source=MLPERF_SOURCE
        )
        for model, (ttft, tpot) in _MLPERF_MILLISECONDS.items()
    }


def parse_slo(text: str) -> Slo:
    """Read ``--slo ttft=2000,tpot=200``, in milliseconds, or the name of a preset such as ``mlperf:llama2-70b``.

    Raises:
        InputError: if it is neither.
    """
    presets = slo_presets()
    if text in presets:
        return presets[text]
    if "=" not in text:
        hint_en, hint_zh = did_you_mean(text, presets)
        names = ", ".join(presets)
        raise InputError(
            en=f"--slo {text}: no such preset.{hint_en} There are: {names}; or give bounds in milliseconds,"
            " such as ttft=2000,tpot=200.",
            zh=f"--slo {text}：没有这个预设。{hint_zh}可用的有：{names}；"
            "也可以直接给出以毫秒计的上限，如 ttft=2000,tpot=200。",
        )
    bounds: dict[str, float] = {}
    for part in text.split(","):
        found = _LIMIT.fullmatch(part.strip())
        if found is None or float(found[2]) == 0 or found[1] in bounds:
            raise InputError(
                en=f"--slo {text}: {part.strip()!r} is no bound; expected ttft, tpot or e2e, each once, with"
                " milliseconds above 0, such as ttft=2000,tpot=200.",
                zh=f"--slo {text}：{part.strip()!r} 不是有效的上限；应为 ttft、tpot 或 e2e（各至多一次）"
                "加大于 0 的毫秒数，如 ttft=2000,tpot=200。",
            )
        bounds[found[1]] = float(found[2]) / 1000
    return Slo(text, ttft=bounds.get("ttft"), tpot=bounds.get("tpot"), e2e=bounds.get("e2e"))
