import json
import platform
import subprocess
import sys

import psutil
import pytest

from benchharness import __version__
from benchharness.hardware.environment import accelerators, describe_environment, package_versions


def test_the_facts_of_the_machine_are_there_and_can_be_written_as_json() -> None:
    facts = describe_environment()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["benchharness"] == __version__
    assert facts["python"] == platform.python_version()
    assert facts["memory_bytes"] == psutil.virtual_memory().total
    assert 1 <= facts["cores"] <= (psutil.cpu_count() or 1)
    assert facts["processor"]
    assert facts["platform"]
    assert isinstance(facts["accelerators"], list)


def test_no_secret_and_no_name_of_a_person_or_host_is_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("HF_TOKEN", "OPENAI_API_KEY", "USER", "LOGNAME", "HOSTNAME", "HOME")
    for name in names:
        monkeypatch.setenv(name, f"secret-{name}")
    written = json.dumps(describe_environment())
    assert "secret" not in written
    assert platform.node() not in written


def test_versions_are_those_of_installed_packages() -> None:
    assert package_versions(["psutil", "no-such-package"]) == {"psutil": psutil.__version__}
    assert package_versions([]) == {}


def test_devices_are_asked_for_only_where_torch_is_loaded() -> None:
    code = (
        "import sys; from benchharness.hardware.environment import accelerators, describe_environment;"
        "describe_environment(); assert accelerators() == []; assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    import torch

    assert len(accelerators()) == torch.cuda.device_count()
