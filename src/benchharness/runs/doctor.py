"""Examining a machine: which backends can run, and which models and tasks would fail without a network."""

from importlib.util import find_spec

from benchharness.backends.registry import installed_backends
from benchharness.backends.transformers import embedded
from benchharness.errors import bilingual, interface_language
from benchharness.hardware.doctor import Finding, check_devices, check_hub, check_measuring, check_packages
from benchharness.hardware.environment import describe_environment
from benchharness.registry.catalogue import load_tasks
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.probe import find_sandbox, probe, remedy


def examine() -> list[Finding]:
    """Return what was found, most general first."""
    facts = describe_environment()
    memory = f"{facts['memory_bytes'] / 2**30:.0f} GiB"
    size = bilingual(f"{facts['cores']} cores, {memory}", f"{facts['cores']} 核，{memory}")
    findings = [
        Finding("benchharness", None, f"{facts['benchharness']}, Python {facts['python']}, {facts['platform']}"),
        Finding(
            bilingual("machine", "机器"),
            None,
            f"{facts['processor']}, {size}",
        ),
    ]
    for name, entry in installed_backends().items():
        checked = check_packages(entry.packages, entry.extra)
        what = entry.title[interface_language()]
        findings.append(
            checked._replace(
                part=f"{bilingual('backend', '后端')} {name}", state=f"{what}. {checked.state}".rstrip(". ")
            )
        )
    findings.extend(check_devices())
    findings.extend(check_measuring())
    findings.append(_embedded_model())
    findings.append(_sandbox())
    findings.append(_offline_tasks())
    findings.extend(check_hub())
    return findings


def _embedded_model() -> Finding:
    part = bilingual("embedded model", "内置模型")
    if embedded.is_fetched():
        return Finding(part, True, f"{embedded.NAME}: {embedded.directory()}")
    remedy = f"benchharness models fetch {embedded.NAME}"
    if find_spec("gguf") is None:
        remedy = f"pip install 'benchharness[smoke]' && {remedy}"
    return Finding(part, False, bilingual("not fetched", "尚未获取"), remedy)


def _sandbox() -> Finding:
    """Tell which sandbox code tasks would use, or why there is none."""
    part = bilingual("sandbox for code", "代码沙箱")
    kind = find_sandbox()
    if kind is not None:
        return Finding(part, True, kind.value)
    obstacles = [f"{found.kind.value}: {found.obstacle}" for found in map(probe, SandboxKind)]
    return Finding(part, False, "; ".join(obstacles), bilingual(*remedy()))


def _offline_tasks() -> Finding:
    """Tell which tasks have their data in the package, and which ask a hub."""
    tasks = load_tasks()
    hub = [name for name, file in tasks.items() if file.spec.source.kind == "hub"]
    local = [name for name in tasks if name not in hub]
    state = bilingual(
        f"work offline: {', '.join(local)}; need a hub or --data-root: {', '.join(hub) or 'none'}",
        f"可离线运行：{'、'.join(local)}；需要 hub 或 --data-root：{'、'.join(hub) or '无'}",
    )
    return Finding(bilingual("tasks", "任务"), True, state)
