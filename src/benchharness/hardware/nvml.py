"""NVML, NVIDIA's management library: what a GPU is asked, and why it gave no answer."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple

from benchharness.hardware.visible import choose_visible, counts_by_number

MIG_ENABLED = 1


class Refusal(NamedTuple):
    """Why something cannot be read, as a clause without a full stop, in English and in Chinese."""

    en: str
    zh: str


@dataclass(slots=True)
class Gpu:
    """A GPU, or a MIG instance of one, that NVML lets us ask.

    Attributes:
        index: NVML's index of the card.
        name: its name; that of a MIG instance tells its size.
        uuid: its UUID, in full.
        handle: what NVML knows it by.
        is_instance: whether it is a MIG instance, for which NVML tells its memory and little else.
        refusals: why functions of NVML gave no answer, by function.
    """

    index: int
    name: str
    uuid: str
    handle: Any
    is_instance: bool = False
    refusals: dict[str, Refusal] = field(default_factory=dict)
    _hopeless: set[str] = field(default_factory=set)

    def ask(self, function: str, *arguments: Any) -> Any:
        """Return what a function of NVML says of this GPU; ``None`` if it does not, with the reason in ``refusals``.

        What the device, the driver or our rights rule out is not asked a second time.
        """
        import pynvml

        if function in self._hopeless:
            return None
        try:
            return getattr(pynvml, function)(self.handle, *arguments)
        except pynvml.NVMLError as error:
            self.refusals[function] = explain(error)
            if error.value in _lasting():
                self._hopeless.add(function)
            return None

    def ask_field(self, number: int) -> int | None:
        """Return a field of NVML that is an unsigned integer, by its number; ``None`` where there is no such field."""
        import pynvml

        values = self.ask("nvmlDeviceGetFieldValues", [number])
        if values is None or values[0].nvmlReturn != pynvml.NVML_SUCCESS:
            return None
        return int(values[0].value.uiVal)

    def refusal_of(self, *functions: str) -> Refusal:
        """Return why none of the functions gave an answer."""
        for function in functions:
            if function in self.refusals:
                return self.refusals[function]
        return Refusal("the device gave no answer", "设备没有给出结果")

    @property
    def label(self) -> str:
        """Its number and name, for people."""
        return f"GPU {self.index} ({self.name})"

    @property
    def label_zh(self) -> str:
        """The same with Chinese punctuation."""
        return f"GPU {self.index}（{self.name}）"


class Connection:
    """NVML, open, with the GPUs that CUDA shows to this process; without any, ``refusal`` says why.

    Attributes:
        gpus: the GPUs, in CUDA's order.
        refusal: why there are none; ``None`` if there are.
        order_known: whether the n-th of them surely is torch's ``cuda:n``. CUDA sorts unlike cards by speed unless
            ``CUDA_DEVICE_ORDER`` is ``PCI_BUS_ID``.
        numbers_known: whether it is sure that these are the GPUs that ``CUDA_VISIBLE_DEVICES`` means.
    """

    def __init__(self) -> None:
        import pynvml

        self.gpus: tuple[Gpu, ...] = ()
        self.refusal: Refusal | None = None
        self.order_known = True
        self.numbers_known = True
        self._last_refusal: Refusal | None = None
        self._open = False
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            self.refusal = explain(error)
        else:
            self._open = True
            self._find()

    def _find(self) -> None:
        cards = list(self._cards())
        instances = {card.uuid: list(_instances(card)) for card in cards}
        by_uuid = {gpu.uuid: gpu for gpu in [*cards, *(found for each in instances.values() for found in each)]}
        variable = os.environ.get("CUDA_VISIBLE_DEVICES")
        of_instances = [found.uuid for each in instances.values() for found in each]
        chosen = choose_visible(variable, [card.uuid for card in cards], of_instances)
        # Of a card that is split into instances CUDA shows the first.
        self.gpus = tuple(instances[uuid][0] if instances.get(uuid) else by_uuid[uuid] for uuid in chosen)
        unlike = len({card.name for card in cards}) > 1
        self.order_known = not unlike or os.environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
        self.numbers_known = self.order_known or not counts_by_number(variable)
        if not cards:
            self.refusal = self._last_refusal or Refusal("NVML finds no GPU", "NVML 没有找到 GPU")
        elif not self.gpus:
            self.refusal = Refusal(
                f"CUDA_VISIBLE_DEVICES={variable} shows none of the {len(cards)} GPUs",
                f"CUDA_VISIBLE_DEVICES={variable} 隐藏了全部 {len(cards)} 个 GPU",
            )

    def _cards(self) -> Iterator[Gpu]:
        """Yield the cards that can be asked; those that are lost or not ours have no number in CUDA either."""
        for index in range(self.ask("nvmlDeviceGetCount") or 0):
            handle = self.ask("nvmlDeviceGetHandleByIndex", index)
            if handle is None:
                continue
            name, uuid = self.ask("nvmlDeviceGetName", handle), self.ask("nvmlDeviceGetUUID", handle)
            if name is not None and uuid is not None:
                yield Gpu(index, name, uuid, handle)

    def ask(self, function: str, *arguments: Any) -> Any:
        """Return what a function of NVML says of the machine; ``None`` if it does not."""
        import pynvml

        try:
            return getattr(pynvml, function)(*arguments)
        except pynvml.NVMLError as error:
            self._last_refusal = explain(error)
            return None

    def close(self) -> None:
        """Leave NVML. Nothing happens the second time."""
        import pynvml

        if self._open:
            self._open = False
            try:
                pynvml.nvmlShutdown()
            except pynvml.NVMLError:
                # A lost GPU may refuse even that; nothing is left to be done about it.
                return

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def explain(error: Exception) -> Refusal:
    """Return why NVML refused, in words."""
    import pynvml

    reasons = {
        pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: Refusal(
            "NVIDIA's management library (NVML, libnvidia-ml.so.1) is not on this machine",
            "本机没有 NVIDIA 管理库（NVML，libnvidia-ml.so.1）",
        ),
        pynvml.NVML_ERROR_DRIVER_NOT_LOADED: Refusal("the NVIDIA driver is not loaded", "NVIDIA 驱动未加载"),
        pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: Refusal(
            "NVML and the loaded NVIDIA driver have different versions", "NVML 与已加载的 NVIDIA 驱动版本不一致"
        ),
        pynvml.NVML_ERROR_NO_PERMISSION: Refusal("this user has no permission", "当前用户没有读取权限"),
        pynvml.NVML_ERROR_NOT_SUPPORTED: Refusal("the device does not tell", "该设备不提供"),
        pynvml.NVML_ERROR_FUNCTION_NOT_FOUND: Refusal("the driver is too old to tell", "驱动版本过旧，不提供"),
        pynvml.NVML_ERROR_GPU_IS_LOST: Refusal("the GPU was lost", "GPU 已掉线"),
    }
    # Other faults keep NVML's own words: they are what one searches for.
    return reasons.get(getattr(error, "value", None), Refusal(f"NVML: {error}", f"NVML：{error}"))


def _lasting() -> frozenset[int]:
    import pynvml

    return frozenset(
        {pynvml.NVML_ERROR_NO_PERMISSION, pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_FUNCTION_NOT_FOUND}
    )


def _instances(card: Gpu) -> Iterator[Gpu]:
    """Yield the MIG instances of a card; none where it is whole."""
    mode = card.ask("nvmlDeviceGetMigMode")
    if mode is None or mode[0] != MIG_ENABLED:
        return
    for number in range(card.ask("nvmlDeviceGetMaxMigDeviceCount") or 0):
        handle = card.ask("nvmlDeviceGetMigDeviceHandleByIndex", number)
        if handle is None:
            continue
        found = Gpu(card.index, card.name, "", handle, is_instance=True)
        found.uuid = found.ask("nvmlDeviceGetUUID") or f"{card.uuid}/{number}"
        found.name = found.ask("nvmlDeviceGetName") or card.name
        yield found
