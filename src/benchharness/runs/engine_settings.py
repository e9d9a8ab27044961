"""Engine settings: what decides how fast a model runs. Speeds are compared and shown together only where they agree."""

import hashlib
import json
from typing import Any

from benchharness.backends.base import ELSEWHERE, BackendFacts
from benchharness.hardware.environment import accelerators, package_versions, processor


def accelerators_at_work(facts: BackendFacts) -> list[str]:
    """Return the accelerators of this machine if the backend computes on them."""
    return [] if facts.numerics.get("device") in ("cpu", ELSEWHERE) else accelerators()


def describe_engine(facts: BackendFacts) -> dict[str, Any]:
    """Return the settings of a backend that decide how fast it is: model, numerics, engine, packages, hardware.

    To be asked for when the model is loaded, since accelerators show only then.
    """
    return {
        "backend": facts.backend,
        "weights": facts.weights,
        "numerics": dict(facts.numerics),
        "engine": dict(facts.engine),
        "packages": package_versions(facts.packages),
        "processor": None if facts.numerics.get("device") == ELSEWHERE else processor(),
        "accelerators": accelerators_at_work(facts),
    }


def engine_hash(settings: dict[str, Any]) -> str:
    """Return a short hash of settings, as `describe_engine` gave them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
