"""``benchharness smoke``."""

import datetime
from pathlib import Path

from benchharness.cli.models import fetch_embedded
from benchharness.cli.options import AsJson, Output
from benchharness.cli.run import carry_out, override, select
from benchharness.records import Language

SUITE = "smoke"


def smoke(output: Output = None, as_json: AsJson = False) -> None:
    """Run the smoke suite on the embedded model, in both languages. Needs a network once, to fetch the model."""
    from benchharness.backends.base import BackendOptions
    from benchharness.backends.registry import create_backend
    from benchharness.backends.transformers import embedded
    from benchharness.registry.catalogue import find_suite
    from benchharness.registry.models import resolve_model
    from benchharness.runs.run import RunRequest, prepare

    fetch_embedded()
    suite, selections = find_suite(SUITE), select("", SUITE, tuple(Language))[1]
    reference = resolve_model(embedded.NAME)
    at = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    request = RunRequest(
        model=reference,
        selections=selections,
        protocol=override("default", template=None, shots=None, thinking=None),
        suite=suite,
        limit=suite.limit,
        output=output or Path("results") / f"smoke-{at}",
    )
    options = BackendOptions(device="cpu", dtype="float32")
    carry_out(prepare(request, lambda: create_backend("transformers", reference, options)), as_json=as_json)
