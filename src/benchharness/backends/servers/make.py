"""What a server is started with: from the model, and from what the user said of it."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchharness.backends.base import BackendOptions
from benchharness.backends.servers.engines import ENGINES, MODEL, Engine
from benchharness.backends.servers.executable import Executable, find_executable
from benchharness.backends.servers.managed import HOST, Launch, ManagedServer
from benchharness.backends.servers.options import ServeOptions, command_line, devices_needed, read_serve_options
from benchharness.backends.servers.settings import describe_server
from benchharness.backends.transformers.weights import locate
from benchharness.errors import InputError
from benchharness.registry.documents import did_you_mean
from benchharness.registry.models import ModelReference

VISIBLE = "CUDA_VISIBLE_DEVICES"
DTYPES = ("float32", "bfloat16", "float16")


def make_server(name: str, model: ModelReference, options: BackendOptions) -> ManagedServer:
    """Return the server ``name`` for a model, not started.

    Args:
        name: what ``--serve`` says.
        model: the model; its files are fetched, if need be.
        options: ``dtype``, ``device``, ``prefix_reuse``, ``trust_remote_code``, and what begins with ``serve.`` in
            ``extra``.

    Raises:
        InputError: if there is no such server, or an option is wrong.
        MissingDependencyError: if its command is nowhere.
        OfflineError: if the model's files cannot be had.
    """
    engine = _find(name)
    said = read_serve_options(engine, options.extra)
    _refuse_batch_tokens(engine, options)
    visible = _visible_devices(options.device, devices_needed(engine, said.arguments))
    executable = find_executable(engine, said.executable)
    files = locate(model, with_weights=True, with_code=options.trust_remote_code)
    dtype = _dtype(options, files.directory)
    key = secrets.token_urlsafe(32)
    settings = describe_server(
        engine,
        version=executable.version,
        dtype=dtype,
        prefix_reuse=options.prefix_reuse,
        arguments=said.arguments,
    )
    context = said.arguments.get(engine.context)
    return ManagedServer(
        Launch(
            engine=engine,
            model_name=model.spec.name,
            files=files,
            command=tuple(_command(engine, executable, files.directory, model.spec.name, dtype, options, said)),
            environment=_environment(engine, executable, key, visible),
            key=key,
            settings=settings,
            context_length=None if context is None else int(context),
            port=said.port,
            start_seconds=said.start_seconds,
            log=said.log,
        )
    )


def _find(name: str) -> Engine:
    if name in ENGINES:
        return ENGINES[name]
    hint_en, hint_zh = did_you_mean(name, ENGINES)
    raise InputError(
        en=f"--serve {name}: no server that can be started here.{hint_en} There are: {', '.join(ENGINES)}. Any other"
        " can be started by hand and named by --base-url.",
        zh=f"--serve {name}：无法启动该服务。{hint_zh}可启动的有：{'、'.join(ENGINES)}。"
        "其他服务请自行启动，再用 --base-url 指定其地址。",
    )


def _refuse_batch_tokens(engine: Engine, options: BackendOptions) -> None:
    if options.batch_tokens is not None:
        raise InputError(
            en=f"--batch-tokens {options.batch_tokens}: a server makes its batches itself. {engine.name} takes"
            " --option serve.max_num_batched_tokens=N or what corresponds to it.",
            zh=f"--batch-tokens {options.batch_tokens}：服务自行组批。{engine.name} 可用"
            " --option serve.max_num_batched_tokens=N 或相应的选项设置。",
        )


def _visible_devices(device: str, needed: int) -> str | None:
    """Return what ``CUDA_VISIBLE_DEVICES`` is to be; ``None`` leaves it as it is."""
    if device in ("auto", "cuda"):
        return None
    if device == "cpu":
        return ""
    kind, _, number = device.partition(":")
    if kind != "cuda" or not number.isdigit():
        raise InputError(
            en=f"--device {device}: a server can be started on auto, cpu, cuda or cuda:N. To spread it over several"
            " GPUs, say how by --option serve.tensor_parallel_size=N (tp_size for sglang).",
            zh=f"--device {device}：启动服务时只支持 auto、cpu、cuda 或 cuda:N。如需跨多张 GPU，"
            "请使用 --option serve.tensor_parallel_size=N（sglang 为 tp_size）。",
        )
    if needed > 1:
        raise InputError(
            en=f"--device {device} names one GPU, but the server is to spread over {needed}. Leave --device out, and"
            f" set {VISIBLE} to choose among them.",
            zh=f"--device {device} 只指定了一张 GPU，而该服务需要 {needed} 张。请去掉 --device，"
            f"并通过 {VISIBLE} 选择 GPU。",
        )
    # As torch counts: among those that this process may see.
    seen = [one.strip() for one in os.environ.get(VISIBLE, "").split(",") if one.strip()]
    if not seen:
        return number
    if int(number) >= len(seen):
        raise InputError(
            en=f"--device {device}: {VISIBLE} is {os.environ[VISIBLE]}, which leaves {len(seen)}.",
            zh=f"--device {device}：{VISIBLE} 为 {os.environ[VISIBLE]}，仅有 {len(seen)} 张 GPU 可见。",
        )
    return seen[int(number)]


def _dtype(options: BackendOptions, directory: Path) -> str:
    """Return the type to compute in; ``auto`` is that of the weights, and fp32 on a CPU, as in other backends."""
    if options.dtype != "auto":
        if options.dtype not in DTYPES:
            raise InputError(
                en=f"--dtype {options.dtype}: expected auto, {', '.join(DTYPES)}.",
                zh=f"--dtype {options.dtype}：应为 auto、{'、'.join(DTYPES)} 之一。",
            )
        return options.dtype
    if options.device == "cpu":
        return "float32"
    config: dict[str, Any] = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    inner = config.get("text_config") or {}
    # transformers 5 writes `dtype`; before it, it was `torch_dtype`.
    stored = next((one[key] for one in (config, inner) for key in ("dtype", "torch_dtype") if one.get(key)), "auto")
    return stored if stored in DTYPES else "auto"


def _command(
    engine: Engine,
    executable: Executable,
    directory: Path,
    model_name: str,
    dtype: str,
    options: BackendOptions,
    said: ServeOptions,
) -> list[str]:
    serve = engine.module if executable.is_python else engine.command
    reuse, no_reuse = engine.prefix_reuse
    return [
        str(executable.path),
        *(str(directory) if word == MODEL else word for word in serve),
        *("--served-model-name", model_name, "--host", HOST, "--dtype", dtype),
        *engine.fixed,
        *(reuse if options.prefix_reuse else no_reuse),
        *(["--trust-remote-code"] if options.trust_remote_code else []),
        *command_line(engine, said.arguments),
    ]


def _environment(engine: Engine, executable: Executable, key: str, visible: str | None) -> Mapping[str, str]:
    changes = dict(engine.environment)
    if engine.key_variable is not None:
        changes[engine.key_variable] = key
    if visible is not None:
        changes[VISIBLE] = visible
    # Servers compile with tools that lie in their own environment.
    changes["PATH"] = os.pathsep.join([str(executable.path.parent), os.environ.get("PATH", os.defpath)])
    return changes
