"""``--device`` names one device, or a list with a worker each; what it cannot mean is refused in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.base import BackendOptions
from benchharness.backends.parallel.backend import ParallelBackend
from benchharness.backends.parallel.devices import accelerators, read_devices
from benchharness.backends.registry import create_backend
from benchharness.backends.scripted import ScriptedBackend
from benchharness.errors import InputError
from benchharness.registry.models import ModelReference, ModelSpec

FOUR = tuple(f"cuda:{index}" for index in range(4))


@pytest.mark.parametrize("text", ["auto", "cpu", "cuda", "cuda:1", "balanced", "mps", "whatever it is"])
def test_one_device_or_word_is_left_to_the_backend(text: str) -> None:
    assert read_devices(text, lambda: pytest.fail("nobody asked for accelerators")) == (text,)


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("all", FOUR),
        ("cuda:0,cuda:1", ("cuda:0", "cuda:1")),
        (" cuda:3 , cuda:0,", ("cuda:3", "cuda:0")),
        ("cuda:2,cuda:2", ("cuda:2", "cuda:2")),
        ("cuda,cuda:1", ("cuda", "cuda:1")),
        ("cpu,cpu,cpu", ("cpu", "cpu", "cpu")),
        ("cpu,", ("cpu",)),
    ],
)
def test_a_list_has_a_worker_for_each_entry(text: str, devices: tuple[str, ...]) -> None:
    assert read_devices(text, lambda: FOUR) == devices


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("all", "torch sees no GPU", "未检测到 GPU"),
        ("", "names no device", "没有给出设备"),
        (" , ", "names no device", "没有给出设备"),
        ("cpu,cuda:0", "mixes cpu and cuda", "混用了 cpu、cuda"),
        ("cuda:0,auto", "'auto' cannot stand in a list", "不能出现 'auto'"),
        ("balanced,balanced", "'balanced' cannot stand in a list", "不能出现 'balanced'"),
        ("all,cpu", "'all' cannot stand in a list", "不能出现 'all'"),
        ("cpu,cpu:x", "'cpu:x' cannot stand in a list", "不能出现 'cpu:x'"),
        ("0,1", "'0' cannot stand in a list", "不能出现 '0'"),
        ("cuda:0,cuda:1", "torch sees no cuda:0. There are: no GPUs", "未检测到 cuda:0。现有设备：无 GPU"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, english: str, chinese: str) -> None:
    with pytest.raises(InputError) as caught:
        read_devices(text, lambda: ())
    assert caught.value.en.startswith(f"--device {text}")
    assert caught.value.zh.startswith(f"--device {text}：")
    assert english in caught.value.en
    assert chinese in caught.value.zh


def test_a_device_that_is_not_there_is_named_beside_those_that_are() -> None:
    with pytest.raises(InputError, match=r"torch sees no cuda:97. There are: cuda:0, cuda:1, cuda:2, cuda:3\."):
        read_devices("cuda:0,cuda:97", lambda: FOUR)


@given(st.text(st.sampled_from("cpuda:01,, al"), max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        devices = read_devices(text, lambda: FOUR)
    except InputError:
        return
    assert devices
    assert all(devices)
    assert len(devices) == 1 or len({device.partition(":")[0] for device in devices}) == 1


def test_accelerators_are_those_of_torch() -> None:
    import torch

    assert len(accelerators()) == torch.accelerator.device_count()


def test_only_a_list_makes_workers() -> None:
    model = ModelReference(spec=ModelSpec(name="anyone"))
    kinds = {
        device: type(create_backend("scripted", model, BackendOptions(device=device, extra={"default": "A"})))
        for device in ("cpu", "cpu,", "cpu,cpu")
    }
    assert kinds == {"cpu": ScriptedBackend, "cpu,": ScriptedBackend, "cpu,cpu": ParallelBackend}
