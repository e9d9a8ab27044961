"""The workers together: they are started, get work, are replaced when they die, and are ended."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from multiprocessing.connection import wait
from pathlib import Path

from benchharness.backends.base import BackendFacts, BackendOptions, ResourceUse
from benchharness.backends.parallel.handle import Loss, WorkerHandle, join_use
from benchharness.backends.parallel.messages import Done, Failed, Loaded
from benchharness.backends.parallel.work_queue import WorkQueue
from benchharness.backends.parallel.worker import Make
from benchharness.errors import BenchharnessError, InputError, bilingual
from benchharness.records import FinishReason, Request, Response

LISTEN_SECONDS = 1.0
"""After this a worker is looked at even if it gives no sign: a child of it may hold its pipes open."""

POLL_SECONDS = 0.05
"""How often a source that has nothing at the moment is asked again for a worker that has nothing to do."""

MOST_FRUITLESS = 2
"""How often in a row a worker that died without having been of use is started again."""

log = logging.getLogger(__name__)


class WorkerPool:
    """Workers that run the same model, one for each device named.

    A worker that dies is started again if it was of use: it answered a request, or showed by its death which request
    is guilty, unless nobody has answered any since the last that was found so. Each new start is paid for by then, so
    that a run ends; without, a worker is started again ``MOST_FRUITLESS`` times in a row.

    Args:
        make: makes a backend, not loaded; a function that other processes can import.
        options: for the backends; the device of each takes the place of theirs.
        devices: where they run.
    """

    def __init__(self, make: Make, options: BackendOptions, devices: Sequence[str]) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._workers = [
            WorkerHandle(number, make, replace(options, device=device))
            for number, device in enumerate(devices, start=1)
        ]
        self._losses: dict[int, Loss] = {}
        self.deaths = 0
        self._answered = False
        """Whether there was a response since a request was last found guilty."""

    def start(self, facts: BackendFacts) -> None:
        """Start the workers that have no process, and wait until each has loaded the model.

        Args:
            facts: what each must say of its backend.

        Raises:
            InputError: if one says otherwise.
            BenchharnessError: if one dies, or whatever its backend raises.
        """
        self._facts = facts
        for worker in self._workers:
            if not worker.alive:
                self._start(worker)
        while loading := [worker for worker in self._workers if not worker.loaded]:
            self._wait(loading, LISTEN_SECONDS)
            for worker in loading:
                report = worker.receive()
                if isinstance(report, Failed):
                    raise report.exception()
                if isinstance(report, Loaded):
                    self._check(worker, report.facts)
                elif worker.gone:
                    self._losses[worker.number] = worker.bury()
                    raise _died_loading(self._losses[worker.number])

    def _start(self, worker: WorkerHandle) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="benchharness-")
        worker.start(Path(self._folder.name), len(self._workers))

    def _check(self, worker: WorkerHandle, said: BackendFacts) -> None:
        """Take note that a worker has loaded the model, if it would answer as the others do."""
        before, now = asdict(self._facts), asdict(said)
        changes = [f"{name}: {before[name]} → {now[name]}" for name in before if before[name] != now[name]]
        if changes:
            raise InputError(
                en=f"--device {worker.device}: worker {worker.number} would answer under other conditions than the"
                f" first ({'; '.join(changes)}). Name devices that are alike.",
                zh=f"--device {worker.device}：工作进程 {worker.number} 的运行条件与第一个设备不同"
                f"（{'；'.join(changes)}）。请选用同类设备。",
            )
        worker.loaded = True

    def serve(self, queue: WorkQueue) -> Iterator[Response]:
        """Let the workers answer all that comes from ``queue``, and yield responses as they finish.

        Raises:
            BenchharnessError: if no worker is left, or whatever the backend raises.
            WorkerFailure: if its code is at fault.
        """
        for worker in self._alive():
            worker.begin()
        while not self._through(queue):
            hungry = any(worker.asked is not None for worker in self._alive())
            self._wait(self._alive(), POLL_SECONDS if hungry and not queue.over else LISTEN_SECONDS)
            failed: Failed | None = None
            for worker in self._alive():
                report = worker.receive()
                if isinstance(report, Response):
                    worker.answered(report)
                    self._answered = True
                    yield report
                elif isinstance(report, Failed) and worker.loaded:
                    failed = report
                elif worker.gone:
                    yield from self._lose(worker, queue)
                elif report is not None:
                    self._take_note(worker, report)
            if failed is not None:
                raise failed.exception()
        self._finish()

    def _through(self, queue: WorkQueue) -> bool:
        """Hand out work to those who asked, and tell whether all of it is done."""
        self._hand_out(queue)
        running = [worker for worker in self._alive() if worker.running]
        if not all(worker.blocked for worker in running):
            return False
        if not queue and not queue.over:
            queue.wait()
            if not queue.over:
                self._hand_out(queue)
                return False
        holders = [worker for worker in running if worker.held]
        for worker in holders:
            # It waits for more before it answers what it holds. Nothing else can happen: let it answer.
            worker.tell_over()
        return not queue and not holders

    def _hand_out(self, queue: WorkQueue) -> None:
        alive = self._alive()
        for worker in alive:
            first = next(iter(worker.held.values()), None)
            # Suspects are alone in the hands of a worker, so that its death shows who is guilty.
            if worker.asked is None or (first is not None and queue.is_suspect(first)):
                continue
            share = queue.share(worker.asked.limit, workers=len(alive), hands_empty=first is None)
            if share:
                worker.give(share)

    def _take_note(self, worker: WorkerHandle, report: object) -> None:
        if isinstance(report, Loaded):
            self._check(worker, report.facts)
            worker.begin()
        elif isinstance(report, Done):
            if worker.held:
                raise RuntimeError(f"worker {worker.number} left {len(worker.held)} requests without a response")
            worker.begin()

    def _lose(self, worker: WorkerHandle, queue: WorkQueue) -> Iterator[Response]:
        """Go on without a worker that has died, or with another in its place."""
        unanswered = list(worker.held.values())
        useful = worker.useful
        self.deaths += 1
        loss = self._losses[worker.number] = worker.bury()
        guilty = queue.give_back(unanswered)
        if guilty is not None:
            useful, self._answered = useful or self._answered, False
        worker.fruitless = 0 if useful else worker.fruitless + 1
        again = worker.fruitless <= MOST_FRUITLESS
        _tell(loss, unanswered, guilty, again=again)
        if again:
            self._start(worker)
        if guilty is not None:
            yield _guilty_response(guilty, loss)
        if not self._alive():
            raise self._none_left()

    def _finish(self) -> None:
        """Let all workers end their run; those that are still loading are not needed."""
        for worker in self._alive():
            if worker.loaded:
                worker.tell_over()
            else:
                worker.ask_to_end()
                worker.wait_until_ended()
        while running := [worker for worker in self._alive() if worker.running]:
            self._wait(running, LISTEN_SECONDS)
            for worker in running:
                report = worker.receive()
                if isinstance(report, Response):
                    worker.answered(report)
                elif isinstance(report, Failed):
                    raise report.exception()
                elif isinstance(report, Done):
                    worker.running = False
                elif worker.gone:
                    self._losses[worker.number] = worker.bury()
                    _tell(self._losses[worker.number], [], None, again=False)

    def memory(self) -> ResourceUse:
        """Return the sums of the workers' highest uses, in bytes; what they share is counted in each."""
        return join_use([worker.memory for worker in self._workers], sum)

    def processes(self) -> tuple[int, ...]:
        """Return the processes of the workers there are."""
        return tuple(worker.pid for worker in self._alive())

    def close(self) -> None:
        """End all workers."""
        alive = self._alive()
        for worker in alive:
            worker.ask_to_end()
        for worker in alive:
            worker.wait_until_ended()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _alive(self) -> list[WorkerHandle]:
        return [worker for worker in self._workers if worker.alive]

    @staticmethod
    def _wait(workers: Sequence[WorkerHandle], seconds: float) -> None:
        wait([sign for worker in workers for sign in worker.signs], seconds)

    def _none_left(self) -> BenchharnessError:
        deaths = "\n".join(_with_tail(loss) for _, loss in sorted(self._losses.items()))
        return BenchharnessError(
            en=f"No worker is left:\n{deaths}\nWhat was answered is kept: the same command goes on from there.",
            zh=f"所有工作进程均已退出：\n{deaths}\n已完成的结果均已保存，再次执行同一命令即可继续。",
        )


def _died_loading(loss: Loss) -> BenchharnessError:
    return BenchharnessError(
        en=f"Died while loading the model; each worker needs room for a whole one:\n{_with_tail(loss)}",
        zh=f"加载模型时异常退出；每个工作进程都需要容纳一份完整的模型：\n{_with_tail(loss)}",
    )


def _with_tail(loss: Loss) -> str:
    return "\n".join([f"  {loss}", *(f"    {line}" for line in loss.tail.splitlines())])


def _tell(loss: Loss, unanswered: Sequence[Request], guilty: Request | None, *, again: bool) -> None:
    """Tell the user of a death."""
    en, zh = f"Died: {loss}.", f"异常退出：{loss}。"
    if guilty is not None:
        name = f"{guilty.task} {guilty.item_id} {guilty.language.value}"
        en, zh = f"{en} An error, because workers die of it: {name}.", f"{zh}该请求会导致进程退出，记为出错：{name}。"
    elif unanswered:
        en, zh = f"{en} Requests to ask again: {len(unanswered)}.", f"{zh}需重新提问的请求：{len(unanswered)} 个。"
    if again:
        en, zh = f"{en} It is started again.", f"{zh}正在重新启动。"
    log.warning("%s", bilingual(en, zh))


def _guilty_response(request: Request, loss: Loss) -> Response:
    return Response(
        request.key,
        FinishReason.ERROR,
        prompt_tokens=len(request.prompt.tokens),
        error=bilingual(
            f"Workers died whenever they had this request, the last time alone: {loss}.",
            f"拿到该请求的工作进程均异常退出，最后一次仅持有该请求：{loss}。",
        ),
    )
