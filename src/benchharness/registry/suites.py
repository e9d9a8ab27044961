"""Suites: named lists of tasks, with weights or as a tree of groups and abilities."""

from typing import Annotated, NamedTuple

from pydantic import Field, field_validator, model_validator

from benchharness.records import Language
from benchharness.registry.documents import Spec, wrong

Weight = Annotated[float, Field(gt=0)]


class AbilitySpec(Spec):
    """An ability of a suite.

    Attributes:
        title: for people.
        tasks: task → its weight in the ability.
    """

    title: dict[Language, str]
    tasks: Annotated[dict[str, Weight], Field(min_length=1)]


class GroupSpec(Spec):
    """A group of abilities, each of which counts the same.

    Attributes:
        title: for people.
        abilities: the abilities, by name.
    """

    title: dict[Language, str]
    abilities: Annotated[dict[str, AbilitySpec], Field(min_length=1)]


class SuitePart(NamedTuple):
    """What a suite gives a total for.

    Attributes:
        level: ``total``, ``group`` or ``ability``.
        name: of the group or ability; the suite's own for the total.
        title: for people.
        weights: task → its weight in this total; the weights sum to 1.
    """

    level: str
    name: str
    title: dict[Language, str]
    weights: dict[str, float]


class SuiteSpec(Spec):
    """A named list of tasks with weights, flat or as a tree.

    Attributes:
        name: unique among suites.
        version: raised by whoever changes the list, a weight or the limit.
        title: for people.
        tasks: task → its weight in the suite's total.
        groups: instead of ``tasks``: the total is the mean of the groups, a group the mean of its abilities, an
            ability the weighted mean of its tasks.
        apart: tasks that are asked and reported, and are in no total.
        limit: items per task, language and subset, unless the user says otherwise.
    """

    name: str
    version: str
    title: dict[Language, str]
    tasks: dict[str, Weight] = Field(default_factory=dict)
    groups: dict[str, GroupSpec] = Field(default_factory=dict)
    apart: tuple[str, ...] = ()
    limit: Annotated[int, Field(gt=0)] | None = None

    @field_validator("version", mode="before")
    @classmethod
    def _version_is_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _names_each_task_once(self) -> "SuiteSpec":
        if bool(self.tasks) == bool(self.groups):
            raise wrong("give either `tasks` or `groups`", "`tasks` 与 `groups` 必须且只能给出一个")
        abilities = [name for group in self.groups.values() for name in group.abilities]
        for names in (self.all_tasks(), [*self.groups, *abilities]):
            doubles = sorted({name for name in names if names.count(name) > 1})
            if doubles:
                raise wrong(f"stands twice: {', '.join(doubles)}", f"重复出现：{'、'.join(doubles)}")
        return self

    def all_tasks(self) -> list[str]:
        """Return every task of the suite, in order, those apart last."""
        in_groups = [t for group in self.groups.values() for a in group.abilities.values() for t in a.tasks]
        return [*self.tasks, *in_groups, *self.apart]

    def parts(self) -> list[SuitePart]:
        """Return what the suite gives totals for: the whole, then each group followed by its abilities."""
        if not self.groups:
            return [SuitePart("total", self.name, self.title, _normalised(self.tasks))]
        parts: list[SuitePart] = []
        for group_name, group in self.groups.items():
            below = [
                SuitePart("ability", name, ability.title, _normalised(ability.tasks))
                for name, ability in group.abilities.items()
            ]
            parts += [SuitePart("group", group_name, group.title, _mean(below)), *below]
        groups = [part for part in parts if part.level == "group"]
        return [SuitePart("total", self.name, self.title, _mean(groups)), *parts]


def _normalised(weights: dict[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def _mean(parts: list[SuitePart]) -> dict[str, float]:
    return {task: weight / len(parts) for part in parts for task, weight in part.weights.items()}
