"""Puts a GPU through what benchharness claims of it; `scripts/gpu_check.sh` finds the Python to run this with."""

import argparse
import datetime
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import torch

from benchharness.hardware.devices import DeviceFacts, describe_devices
from benchharness.hardware.environment import describe_environment, package_versions
from benchharness.hardware.peaks import DevicePeaks, peaks_of_device
from gpu_check.plans import Section, plan, tiny_plan
from gpu_check.table import markdown

PACKAGES = ("torch", "transformers", "accelerate", "tokenizers", "numpy", "nvidia-ml-py")


def main() -> int:
    """Run all sections that fit the time, and write a JSON and a Markdown file after each."""
    arguments = _arguments()
    started = time.monotonic()
    facts = _facts(arguments.device)
    peaks = None if facts is None else peaks_of_device(facts)
    sections: dict[str, dict[str, Any]] = {}
    record: dict[str, Any] = {
        "schema": "benchharness.gpu_check/1",
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": "scripts/gpu_check.sh " + " ".join(sys.argv[1:]),
        "weights": "random: speed and memory are true, and there are no scores",
        "device": _device_name(arguments.device),
        "peaks": _describe(peaks),
        "packages": package_versions(PACKAGES),
        "environment": describe_environment(),
        "sections": sections,
    }
    arguments.output.mkdir(parents=True, exist_ok=True)
    name = arguments.name or _file_name(record)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        planned = tiny_plan(place, arguments.device) if arguments.tiny else plan(place, arguments.device, peaks)
        for section in (one for one in planned if arguments.only in one.name):
            left = 60 * arguments.minutes - (time.monotonic() - started)
            if left < section.seconds:
                answer: dict[str, Any] = {"left_out": f"needs about {section.seconds:.0f} s, and {left:.0f} s are left"}
            else:
                answer = _ask(section)
            sections[section.name] = answer
            failed |= "error" in answer or answer.get("passed") is False
            record["seconds"] = time.monotonic() - started
            (arguments.output / f"{name}.json").write_text(
                json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
            (arguments.output / f"{name}.md").write_text(markdown(record), encoding="utf-8")
    print(markdown(record))
    return int(failed)


def _ask(section: Section) -> dict[str, Any]:
    started = time.monotonic()
    try:
        answer = section.ask()
    except Exception as error:  # noqa: BLE001 - the other sections are worth having
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"}
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    answer["seconds"] = time.monotonic() - started
    print(f"{section.name}: {answer['seconds']:.0f} s", file=sys.stderr, flush=True)
    return answer


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/gpu_check.sh", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("results/hardware"), help="folder for the two files")
    parser.add_argument("--name", help="their name; by default device and date")
    parser.add_argument("--device", default="cuda:0" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--minutes", type=float, default=9.0, help="sections that do not fit are left out, and named")
    parser.add_argument("--only", default="", metavar="WORDS", help="sections whose name has these words")
    parser.add_argument("--tiny", action="store_true", help="tiny models, to try the scripts themselves")
    arguments = parser.parse_args()
    if arguments.device == "cpu" and not arguments.tiny:
        parser.error("torch sees no GPU; --tiny tries the scripts on a CPU")
    return arguments


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"


def _facts(device: str) -> DeviceFacts | None:
    return next((facts for facts in describe_devices() if facts.torch == device), None)


def _describe(peaks: DevicePeaks | None) -> dict[str, Any] | None:
    if peaks is None:
        return None
    return {"name": peaks.name, "flops": dict(peaks.flops), "bytes_per_second": peaks.bytes_per_second,
            "source": peaks.source}  # fmt: skip


def _file_name(record: dict[str, Any]) -> str:
    device = record["device"].lower().replace(" ", "-")
    return f"{device}_{record['created'][:10]}"


if __name__ == "__main__":
    sys.exit(main())
