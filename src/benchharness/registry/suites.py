"""Suites: named lists of tasks, with weights or as a tree of groups and abilities."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import Field, field_validator, model_validator

from benchharness.records import Language
from benchharness.registry.documents import Spec, did_you_mean, wrong
from benchharness.stats.profiles import PROFILES, WeightedMean

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
        profile: instead of that mean of groups, the named profile whose weighted mean the total is; the groups are
            then exactly its inputs. docs/totals.md lists the profiles.
        apart: tasks that are asked and reported, and are in no total.
        limit: items per task, language and subset, unless the user says otherwise.
    """

    name: str
    version: str
    title: dict[Language, str]
    tasks: dict[str, Weight] = Field(default_factory=dict)
    groups: dict[str, GroupSpec] = Field(default_factory=dict)
    profile: str | None = None
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

    @model_validator(mode="after")
    def _groups_are_the_inputs_of_the_profile(self) -> "SuiteSpec":
        if self.profile is None:
            return self
        inputs = _profile_weights(self.profile)
        if set(self.groups) != set(inputs):
            expected, found = list(inputs), list(self.groups)
            raise wrong(
                f"the profile {self.profile} wants the groups {', '.join(expected)}; there are"
                f" {', '.join(found) or 'none'}",
                f"`profile: {self.profile}` 要求分组为 {'、'.join(expected)}，实际为 {'、'.join(found) or '无'}",
            )
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
        shares = None if self.profile is None else _profile_weights(self.profile)
        return [SuitePart("total", self.name, self.title, _mean(groups, shares)), *parts]


def _normalised(weights: dict[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def _mean(parts: list[SuitePart], shares: Mapping[str, float] | None = None) -> dict[str, float]:
    equal = 1 / len(parts)
    return {
        task: weight * (equal if shares is None else shares[part.name])
        for part in parts
        for task, weight in part.weights.items()
    }


def _profile_weights(name: str) -> dict[str, float]:
    """Return the weights of the groups in the total of a suite that names a profile; they sum to 1.

    Raises:
        PydanticCustomError: if there is no such profile, or its total is no weighted mean.
    """
    profile = PROFILES.get(name)
    if isinstance(profile, WeightedMean):
        return profile.weights
    suitable = [known.name for known in PROFILES.values() if isinstance(known, WeightedMean)]
    if profile is not None:
        raise wrong(
            f"the total of the profile {name} is no weighted mean, so that a suite cannot use it; expected one of"
            f" {', '.join(suitable)}",
            f"`profile: {name}` 的总分不是加权平均，套件无法使用；应为以下之一：{'、'.join(suitable)}",
        )
    hint_en, hint_zh = did_you_mean(name, suitable)
    raise wrong(
        f"no such profile as {name}.{hint_en} Expected one of {', '.join(suitable)}",
        f"没有名为 {name} 的计分方案（profile）。{hint_zh}应为以下之一：{'、'.join(suitable)}",
    )
