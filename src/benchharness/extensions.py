"""What packages, ours and others, offer by entry points: scorers, generators, families."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from benchharness.errors import InputError


@cache
def _offered(group: str) -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def find_offer(group: str, name: str, *, en: str, zh: str) -> EntryPoint:
    """Return the entry point ``name`` of a group, not loaded.

    Args:
        group: such as ``benchharness.scorers``.
        name: its name.
        en: what to say if there is none, in English: the place, and what there is not.
        zh: the same in Chinese.

    Raises:
        InputError: if there is none; it goes on with the names that there are.
    """
    points = _offered(group)
    if name not in points:
        names = ", ".join(sorted(points))
        raise InputError(en=f"{en} There are: {names}.", zh=f"{zh}可用的有：{names}。")
    return points[name]
