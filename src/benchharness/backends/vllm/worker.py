"""What runs in vLLM's own processes: they tell what memory they use, and end when the process that wanted them has."""

import os
import signal
import threading
import time
from typing import Any

import psutil

LOOK_SECONDS = 1.0


class WorkerExtension:
    """Methods that vLLM adds to its worker class; see its argument ``worker_extension_cls``."""

    model_runner: Any

    def benchharness_end_with(self, process: int) -> None:
        """End this process, and vLLM's own that started it, once another is gone.

        vLLM's processes end when they are told to. They are not told to when the other is killed, and would keep the
        memory of the device.

        Args:
            process: id of the process that made the engine.
        """
        owner, parent = psutil.Process(process), os.getppid()
        above = None if parent == process else parent

        def look() -> None:
            while owner.is_running() and owner.status() != psutil.STATUS_ZOMBIE:
                time.sleep(LOOK_SECONDS)
            if above is not None and os.getppid() == above:
                os.kill(above, signal.SIGKILL)
            os._exit(1)

        # It must not hold this process up when it ends in order.
        threading.Thread(target=look, name="benchharness-end-with", daemon=True).start()

    def benchharness_memory(self) -> dict[str, int]:
        """Return bytes by what they are for, as far as they are known.

        That is ``weights``, ``cache`` and, on an accelerator, ``peak``: the most that was ever set aside.
        """
        import torch

        weights = {part.data_ptr(): part.nbytes for part in self.model_runner.model.parameters()}
        found = {"weights": sum(weights.values())}
        caches = _storages(getattr(self.model_runner, "kv_caches", ()))
        if caches:
            found["cache"] = sum(caches.values())
        if torch.cuda.is_available():
            found["peak"] = torch.cuda.max_memory_reserved()
        return found


def _storages(caches: Any) -> dict[int, int]:
    """Return the bytes of each piece of memory that tensors lie in; they may stand in lists and by name."""
    if isinstance(caches, dict):
        caches = list(caches.values())
    if isinstance(caches, list | tuple):
        return {key: size for part in caches for key, size in _storages(part).items()}
    storage = caches.untyped_storage()
    return {storage.data_ptr(): storage.nbytes()}
