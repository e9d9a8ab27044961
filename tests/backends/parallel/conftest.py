"""Students that sit in worker processes, and do there whatever a test wants them to."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.records import Language, Prompt, Request, RequestKind, Response, Sampling, Segment
from benchharness.registry.models import ModelReference, ModelSpec

STUDENT = '''
"""A student who takes a window at a time, and has the accidents that its options name."""

import os, time
from dataclasses import replace
from benchharness.backends.base import BackendEntry
from benchharness.backends.scripted import ScriptedBackend
from benchharness.errors import BenchharnessError, MissingDependencyError

class TooSmall(BenchharnessError):
    exit_code = 4
    def __init__(self):
        super().__init__(en="too small", zh="太小")

class Student(ScriptedBackend):
    def __init__(self, options):
        super().__init__(lambda request: request.item_id.upper(), identity="student")
        self.extra, self.device = options.extra, options.device
        self.folder = options.extra["folder"]
        numerics = {"device": options.device if "devices_differ" in self.extra else "cpu"}
        self._facts = replace(self._facts, numerics=numerics)
        self.born = self.count("born") if os.getpid() != int(self.extra["parent"]) else 0

    def count(self, name):
        """Return how often this was said before, over all processes."""
        stream = os.open(f"{self.folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        # Where it ends tells the place: two that append at once do not get the same one.
        os.write(stream, b"%10d\\n" % os.getpid())
        end = os.lseek(stream, 0, os.SEEK_CUR)
        os.close(stream)
        return end // 11 - 1

    def load(self):
        os.write(2, f"a note of {os.getpid()}\\n".encode())
        print("noise on standard output")
        with open(f"{self.folder}/threads", "a") as stream:
            stream.write(os.environ["OMP_NUM_THREADS"] + "\\n")
        if "refuse" in self.extra and self.device == self.extra["refuse"]:
            raise MissingDependencyError(en="no room", zh="放不下")
        if "too_small" in self.extra:
            raise TooSmall
        if self.born >= int(self.extra.get("dies_loading_from", 1000)):
            os._exit(9)
        if self.born >= int(self.extra.get("refuses_from", 1000)):
            raise MissingDependencyError(en="no room", zh="放不下")

    def run(self, source):
        window = int(self.extra.get("window", 8))
        if "polls" in self.extra:
            yield from self.poll(source, window)
        elif "hoards" in self.extra:
            yield from self.hoard(source, window)
        else:
            while requests := source.take(window):
                yield from map(self.answer, requests)

    def poll(self, source, slots):
        """Fill free slots without waiting, and answer the oldest."""
        slot = []
        while True:
            slot += source.take(slots - len(slot), wait=not slot) if len(slot) < slots else []
            if not slot:
                return
            yield self.answer(slot.pop(0))

    def hoard(self, source, window):
        """Wait for the next window before the last one is answered."""
        before = []
        while requests := source.take(window):
            yield from map(self.answer, before)
            before = requests
        yield from map(self.answer, before)

    def answer(self, request):
        with open(f"{self.folder}/asked-{os.getpid()}", "a") as stream:
            stream.write(request.key + "\\n")
        if request.item_id in self.extra.get("poison", "").split(","):
            os.write(2, "中毒 poisoned\\n".encode())
            os._exit(3)
        if request.item_id == self.extra.get("once") and self.count("once") == 0:
            os._exit(4)
        if request.item_id == self.extra.get("refused"):
            raise MissingDependencyError(en="never that", zh="绝不")
        if request.item_id == self.extra.get("bug"):
            raise ZeroDivisionError("a fault")
        if request.item_id == self.extra.get("device_error") and self.count("device_error") == 0:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        if "mortal" in self.extra:
            os._exit(5)
        time.sleep(float(self.extra.get("sleep", 0)))
        return replace(self._answer(request), seconds=0.5, batch_size=3)

def create(model, options):
    return Student(options)

ENTRY = BackendEntry(create=create, title={"en": "student", "zh": "学生"}, reads_model_files=False)
'''


def request(number: int | str) -> Request:
    prompt = Prompt((), (Segment("question", "问"),), tuple("问".encode()), (0,))
    return Request(
        f"k{number}", "t", f"i{number}", Language.ZH, RequestKind.GENERATE, prompt, sampling=Sampling(max_new_tokens=40)
    )


class School:
    """Makes a backend with students in workers, and knows what they did."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "did"
        self.folder.mkdir()
        self.package = root / "package"
        info = self.package / "worker_student-1.dist-info"
        info.mkdir(parents=True)
        (self.package / "worker_student.py").write_text(STUDENT, encoding="utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: worker-student\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[benchharness.backends]\nstudent = worker_student:ENTRY\n")
        self.made: list[Backend] = []

    def backend(self, device: str = "cpu,cpu", **extra: object) -> Backend:
        options = {key: str(value) for key, value in extra.items()}
        options |= {"folder": str(self.folder), "parent": str(os.getpid())}
        model = ModelReference(spec=ModelSpec(name="anyone"))
        self.made.append(create_backend("student", model, BackendOptions(device=device, extra=options)))
        return self.made[-1]

    def asked(self) -> list[list[str]]:
        """Return the keys that each worker process began to answer."""
        return [path.read_text().split() for path in sorted(self.folder.glob("asked-*"))]

    def born(self) -> list[int]:
        """Return the ids of all worker processes there have been."""
        path = self.folder / "born"
        return [int(line) for line in path.read_text().split()] if path.is_file() else []

    def living(self) -> list[int]:
        """Return the ids of worker processes that are there, be it as zombies."""
        return [pid for pid in self.born() if psutil.pid_exists(pid)]


def check_answers(responses: Sequence[Response], count: int) -> None:
    """Each of the requests 0 … count - 1 is answered exactly once, and rightly."""
    assert Counter(response.key for response in responses) == Counter(f"k{number}" for number in range(count))
    for response in responses:
        assert response.text == f"I{response.key[1:]}"
        assert (response.seconds, response.batch_size) == (0.5, 3)


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    founded = School(tmp_path)
    monkeypatch.syspath_prepend(str(founded.package))
    yield founded
    for backend in founded.made:
        backend.close()
    assert not founded.living()


@pytest.fixture
def journal_of() -> Callable[[Path], list[str]]:
    """Returns the keys in the journal of a run."""

    def read(folder: Path) -> list[str]:
        paths = sorted((folder / "journal").glob("*.responses.jsonl"))
        lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line)["response"]["key"] for line in lines]

    return read
