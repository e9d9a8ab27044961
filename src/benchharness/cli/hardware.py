"""``benchharness hardware``."""

import json
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from benchharness.cli.options import AsJson, Model, Revision, split_list
from benchharness.cli.output import console, messages, print_json
from benchharness.errors import InputError, bilingual

LENGTHS = "1k,4k,16k,64k,128k"
SUFFIXES = {"k": 1024, "m": 1024 * 1024}

hardware_app = typer.Typer(
    no_args_is_help=True, help="Show devices, measure their ceilings, and bound what they can do."
)

Peaks: TypeAlias = Annotated[
    Path | None,
    typer.Option("--peaks", metavar="FILE", help="YAML with peaks of devices, used before those that come along."),
]


@hardware_app.command("show")
def show(peaks: Peaks = None, as_json: AsJson = False) -> None:
    """Show the devices of this machine and what they can do at most."""
    from benchharness.hardware.devices import describe_devices
    from benchharness.hardware.environment import describe_environment
    from benchharness.hardware.peaks import known_devices, peaks_of_device
    from benchharness.report.hardware import devices_document, devices_view

    known_devices(peaks)  # a wrong file is said even where there is no device
    _let_torch_look()
    devices = [(facts, peaks_of_device(facts, overrides=peaks)) for facts in describe_devices()]
    environment = describe_environment()
    if as_json:
        print_json(devices_document(devices, environment))
    else:
        console().print(devices_view(devices, environment))


@hardware_app.command("calibrate")
def calibrate_device(
    device: Annotated[
        str, typer.Option("--device", metavar="D", help="auto, cpu, cuda, cuda:1, …: as torch names it.")
    ] = "auto",
    peaks: Peaks = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small sizes, to see that it works; the figures are too low.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the JSON there as well.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what a device does at best: products of matrices in every dtype, and copies within its memory."""
    from benchharness.hardware.calibrate import calibrate
    from benchharness.hardware.peaks import find_peaks, known_devices
    from benchharness.report.hardware import calibration_view

    known_devices(peaks)
    if output is not None:
        _check_writable(output)
    measured = calibrate(device, quick=quick)
    stated = find_peaks(measured.device, power_limit_watts=_power_limit(measured.kind), overrides=peaks)
    document = {**measured.document(), "peaks": None if stated is None else stated.model_dump(mode="json")}
    if output is not None:
        output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(document)
        return
    console().print(calibration_view(measured, stated))
    if output is not None:
        messages().print(bilingual(f"Written to {output}", f"已写入 {output}"), soft_wrap=True, markup=False)


@hardware_app.command("roofline")
def roofline(
    model: Model,
    revision: Revision = None,
    device_name: Annotated[
        str | None,
        typer.Option("--device-name", metavar="NAME", help="A device of the table, such as H200; this machine's else."),
    ] = None,
    devices: Annotated[int, typer.Option("--devices", min=1, metavar="N", help="Devices that share the work.")] = 1,
    lengths: Annotated[str, typer.Option("--lengths", metavar="N[,N…]", help="Tokens of prompts.")] = LENGTHS,
    batches: Annotated[str, typer.Option("--batches", metavar="N[,N…]", help="Answers at once.")] = "1,8,64",
    output_tokens: Annotated[
        int, typer.Option("--output-tokens", min=1, metavar="N", help="Tokens of an answer.")
    ] = 256,
    dtype: Annotated[
        str, typer.Option("--dtype", metavar="T", help="In what products are computed: bfloat16, fp8, …; auto.")
    ] = "auto",
    weight_bits: Annotated[
        float | None,
        typer.Option("--weight-bits", min=1, max=64, metavar="N", help="Bits of a weight; as stored else."),
    ] = None,
    cache_bits: Annotated[
        float, typer.Option("--cache-bits", min=1, max=64, metavar="N", help="Bits of an element of the cache.")
    ] = 16,
    peaks: Peaks = None,
    as_json: AsJson = False,
) -> None:
    """Bound how fast a model can be on a device, from its config.json; weights are not needed."""
    from benchharness.cli.roofline import Question, answer
    from benchharness.report.hardware import roofline_document, roofline_view

    answered = answer(
        Question(
            model=model,
            revision=revision,
            device_name=device_name,
            devices=devices,
            lengths=parse_counts("--lengths", lengths),
            batches=parse_counts("--batches", batches),
            output_tokens=output_tokens,
            dtype=dtype,
            weight_bits=weight_bits,
            cache_bits=cache_bits,
            peaks=peaks,
        )
    )
    if as_json:
        print_json(roofline_document(answered))
    else:
        console().print(roofline_view(answered))


def parse_counts(flag: str, text: str) -> tuple[int, ...]:
    """Read ``2048,16k,1m``; k is 1024 and m is 1024 × 1024.

    Raises:
        InputError: if there is none, or one is no number above 0.
    """
    counts = []
    for part in split_list(text):
        factor = SUFFIXES.get(part[-1].lower(), 1)
        digits = part if factor == 1 else part[:-1]
        if not (digits.isascii() and digits.isdigit()) or int(digits) == 0:
            raise InputError(
                en=f"{flag} {text}: {part!r} is no number above 0, such as 2048 or 16k.",
                zh=f"{flag} {text}：{part!r} 不是大于 0 的整数，应形如 2048 或 16k。",
            )
        counts.append(int(digits) * factor)
    if not counts:
        raise InputError(en=f"{flag} is empty; expected numbers.", zh=f"{flag} 为空，应为若干整数。")
    return tuple(dict.fromkeys(counts))


def _let_torch_look() -> None:
    """Load torch where it is installed: accelerators other than NVIDIA's are found through it."""
    from importlib.util import find_spec

    if find_spec("torch") is not None:
        import torch  # noqa: F401


def _power_limit(kind: str) -> float | None:
    from benchharness.hardware.devices import describe_devices

    return next((facts.default_power_limit_watts for facts in describe_devices() if facts.torch == kind), None)


def _check_writable(path: Path) -> None:
    """Find out before minutes are spent."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(
            en=f"--output {path}: expected a file in a directory that exists.",
            zh=f"--output {path}：应为已有目录中的文件路径。",
        )
