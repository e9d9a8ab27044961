"""The catalogue of tasks and suites: finding their YAML files and selecting from them by name."""

from functools import cache
from pathlib import Path

from benchharness.errors import InputError
from benchharness.registry.documents import Spec, did_you_mean, parse, read_yaml
from benchharness.registry.suites import SuiteSpec
from benchharness.registry.tasks import TaskSpec
from benchharness.resources import tasks_directory

SUITE_FILE = "suite.yaml"
PROTOCOLS_FILE = "protocols.yaml"


class TaskFile(Spec):
    """A task and the YAML file that declares it."""

    spec: TaskSpec
    path: Path


class TaskSelection(Spec):
    """A task as selected on the command line: all of it, or one of its subsets."""

    file: TaskFile
    subset: str | None = None

    @property
    def spec(self) -> TaskSpec:
        """The task's spec."""
        return self.file.spec


def read_task(path: Path) -> TaskFile:
    """Read one task file.

    Raises:
        InputError: naming the file and every key that is wrong.
    """
    document = read_yaml(path)
    document.setdefault("name", path.stem)
    spec = parse(TaskSpec, document, str(path))
    if spec.name != path.stem:
        raise InputError(
            en=f"{path}: `name` is {spec.name!r}, but the file is called {path.stem!r}; make them equal.",
            zh=f"{path}：`name` 为 {spec.name!r}，而文件名为 {path.stem!r}，两者应当一致。",
        )
    return TaskFile(spec=spec, path=path)


@cache
def load_tasks(directory: Path | None = None) -> dict[str, TaskFile]:
    """Read all task files under ``directory``, by default those that come with benchharness.

    Raises:
        InputError: if one of them is wrong, or two tasks have one name.
    """
    root = directory or tasks_directory()
    found: dict[str, TaskFile] = {}
    for path in sorted(root.rglob("*.yaml")):
        if path.name in (SUITE_FILE, PROTOCOLS_FILE):
            continue
        file = read_task(path)
        if file.spec.name in found:
            other = found[file.spec.name].path
            raise InputError(
                en=f"{path}: the task name {file.spec.name!r} is taken by {other}; rename one of the files.",
                zh=f"{path}：任务名 {file.spec.name!r} 已被 {other} 使用，请将其中一个文件改名。",
            )
        found[file.spec.name] = file
    return found


@cache
def load_suites(directory: Path | None = None) -> dict[str, SuiteSpec]:
    """Read all suites under ``directory``, by default those that come with benchharness."""
    root = directory or tasks_directory()
    suites: dict[str, SuiteSpec] = {}
    for path in sorted(root.rglob(SUITE_FILE)):
        document = read_yaml(path)
        document.setdefault("name", path.parent.name)
        suite = parse(SuiteSpec, document, str(path))
        suites[suite.name] = suite
    return suites


def find_suite(name: str) -> SuiteSpec:
    """Return the suite called ``name``.

    Raises:
        InputError: if there is none, with the names nearest to it.
    """
    suites = load_suites()
    if name not in suites:
        hint_en, hint_zh = did_you_mean(name, suites)
        names = ", ".join(suites)
        raise InputError(
            en=f"--suite {name}: no such suite.{hint_en} There are: {names}.",
            zh=f"--suite {name}：没有这个套件。{hint_zh}可用的有：{names}。",
        )
    return suites[name]


def select_task(name: str) -> TaskSelection:
    """Find what one entry of ``--tasks`` refers to: ``TASK``, ``TASK:SUBSET``, or a YAML file as ``TASK``.

    Raises:
        InputError: if there is no such task, subset or file, with the names nearest to it.
    """
    path, yaml, rest = name.partition(".yaml")
    if yaml and (not rest or rest.startswith(":")):
        return _select_subset(name, read_task(Path(path + yaml)), rest[1:])
    task_name, _, subset = name.partition(":")
    tasks = load_tasks()
    if task_name not in tasks:
        hint_en, hint_zh = did_you_mean(task_name, [*tasks, *load_suites()])
        if task_name in load_suites():
            hint_en, hint_zh = f" It is a suite: use --suite {task_name}.", f"它是套件，请使用 --suite {task_name}。"
        raise InputError(
            en=f"--tasks {name}: no such task.{hint_en} `benchharness tasks list` shows all.",
            zh=f"--tasks {name}：没有这个任务。{hint_zh}`benchharness tasks list` 可列出全部任务。",
        )
    return _select_subset(name, tasks[task_name], subset)


def _select_subset(name: str, file: TaskFile, subset: str) -> TaskSelection:
    task_name = file.spec.name
    if subset and subset not in file.spec.subsets:
        hint_en, hint_zh = did_you_mean(subset, file.spec.subsets)
        raise InputError(
            en=f"--tasks {name}: {task_name} has no subset {subset!r}.{hint_en}"
            f" `benchharness tasks show {task_name}` lists them.",
            zh=f"--tasks {name}：任务 {task_name} 没有子集 {subset!r}。{hint_zh}"
            f"`benchharness tasks show {task_name}` 可列出全部子集。",
        )
    return TaskSelection(file=file, subset=subset or None)


def drawn_with(selection: TaskSelection, seed: int | None) -> TaskSelection:
    """Return a selection whose items, if a generator makes them, are drawn with another seed, unless it is ``None``."""
    spec = selection.spec
    if seed is None or spec.source.kind not in ("generator", "long_context"):
        return selection
    source = spec.source.model_copy(update={"seed": seed})
    file = selection.file.model_copy(update={"spec": spec.model_copy(update={"source": source})})
    return selection.model_copy(update={"file": file})
