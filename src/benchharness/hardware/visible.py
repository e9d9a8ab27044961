"""Which GPUs count: those that CUDA shows to a process, by ``CUDA_VISIBLE_DEVICES``."""

from collections.abc import Sequence


def choose_visible(variable: str | None, cards: Sequence[str], instances: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the UUIDs of what CUDA shows, in its order.

    As CUDA reads it: numbers and UUIDs, which may be cut short as long as they stay unique; what follows an entry
    that names nothing is not shown; with an entry that is there twice nothing is.
    (CUDA C++ Programming Guide, "CUDA Environment Variables".)

    Args:
        variable: value of ``CUDA_VISIBLE_DEVICES``; ``None`` where it is not set, which shows all cards.
        cards: UUIDs of the cards, in the order that numbers count.
        instances: UUIDs of the MIG instances, which have no numbers.
    """
    if variable is None:
        return tuple(cards)
    chosen: list[str] = []
    for entry in variable.split(","):
        found = _find(entry.strip(), cards, instances)
        if found is None:
            break
        if found in chosen:
            return ()
        chosen.append(found)
    return tuple(chosen)


def counts_by_number(variable: str | None) -> bool:
    """Tell whether a value of ``CUDA_VISIBLE_DEVICES`` names a device by its number."""
    return variable is not None and any(entry.strip().isdecimal() for entry in variable.split(","))


def _find(entry: str, cards: Sequence[str], instances: Sequence[str]) -> str | None:
    if entry.isdecimal():
        return cards[int(entry)] if int(entry) < len(cards) else None
    if not entry.startswith(("GPU-", "MIG-")):
        return None
    matches = [uuid for uuid in (*cards, *instances) if uuid.startswith(entry)]
    return matches[0] if len(matches) == 1 else None
