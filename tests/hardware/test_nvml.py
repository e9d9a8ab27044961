"""Which GPUs are found, and what is said where there are none; the real library first."""

from typing import TYPE_CHECKING

import pynvml
import pytest

from benchharness.hardware.nvml import Connection, explain

if TYPE_CHECKING:
    from tests.hardware.conftest import Play


def real_error() -> pynvml.NVMLError | None:
    """What the real library of this machine says when it is opened."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return error
    count = pynvml.nvmlDeviceGetCount()
    pynvml.nvmlShutdown()
    return None if count else pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)


def shown() -> list[str]:
    with Connection() as connection:
        return [gpu.uuid for gpu in connection.gpus]


def test_the_real_library_is_asked_and_gives_gpus_or_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    error = real_error()
    with Connection() as connection:
        assert (connection.refusal is None) == (error is None)
        assert bool(connection.gpus) == (error is None)
    if error is not None and error.value == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND:
        assert connection.refusal == explain(error)
        assert "libnvidia-ml.so.1" in connection.refusal.en


@pytest.mark.parametrize(
    ("code", "en", "zh"),
    [
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "is not on this machine", "本机没有"),
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "driver is not loaded", "驱动未加载"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "different versions", "版本不一致"),
        (pynvml.NVML_ERROR_UNKNOWN, "NVML: Unknown Error", "NVML：Unknown Error"),
    ],
)
def test_a_library_that_does_not_open_is_a_reason(nvml: "Play", code: int, en: str, zh: str) -> None:
    nvml("h200").init_error = code
    with Connection() as connection:
        assert connection.gpus == ()
    assert connection.refusal is not None
    assert en in connection.refusal.en
    assert zh in connection.refusal.zh


def test_no_card_and_none_that_may_be_asked_are_reasons(nvml: "Play") -> None:
    library = nvml("h200")
    library.cards[0].errors["nvmlDeviceGetHandleByIndex"] = pynvml.NVML_ERROR_NO_PERMISSION
    with Connection() as connection:
        assert connection.refusal is not None
        assert connection.refusal.en == "this user has no permission"
    library.cards.clear()
    with Connection() as connection:
        assert connection.refusal is not None
        assert connection.refusal.zh == "NVML 没有找到 GPU"


def test_cards_are_those_that_cuda_shows(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (card.facts["nvmlDeviceGetUUID"] for card in nvml("two_h100").cards)
    assert shown() == [first, second]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert shown() == [second]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", f"{second[:9]},{first}")
    assert shown() == [second, first]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with Connection() as connection:
        assert connection.gpus == ()
        assert connection.refusal is not None
        assert "shows none of the 2 GPUs" in connection.refusal.en


def test_a_lost_card_has_no_number(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    library = nvml("two_h100")
    library.cards[0].errors["nvmlDeviceGetHandleByIndex"] = pynvml.NVML_ERROR_GPU_IS_LOST
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with Connection() as connection:
        assert [gpu.index for gpu in connection.gpus] == [1]
        assert connection.refusal is None


def test_unlike_cards_have_a_known_order_only_by_bus(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    library = nvml("two_h100")
    library.cards[1].facts["nvmlDeviceGetName"] = "NVIDIA L4"

    def known() -> tuple[bool, bool]:
        with Connection() as connection:
            return connection.order_known, connection.numbers_known

    assert known() == (False, True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert known() == (False, False)
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    assert known() == (True, True)


def test_of_a_split_card_the_first_instance_is_shown_unless_another_is_named(
    nvml: "Play", monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (card.facts["nvmlDeviceGetUUID"] for card in nvml("mig").cards[0].instances)
    assert shown() == [first]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", second)
    with Connection() as connection:
        [gpu] = connection.gpus
        assert (gpu.uuid, gpu.is_instance, gpu.index) == (second, True, 0)
        assert gpu.name.endswith("MIG 2g.20gb")


def test_closing_twice_or_with_a_lost_gpu_does_no_harm(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    library = nvml("h200")
    connection = Connection()
    connection.close()
    connection.close()
    assert library.open == 0
    connection = Connection()
    library.open = 0
    connection.close()
