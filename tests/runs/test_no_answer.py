"""Answers that are none: kept back by a filter of the vendor, or drawn from random weights."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchharness.backends.base import RANDOM_WEIGHTS, BackendFacts, WorkSource
from benchharness.backends.scripted import ScriptedBackend
from benchharness.errors import InputError
from benchharness.records import FinishReason, Response

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom


class Withheld(ScriptedBackend):
    """Every second answer does not come, for this reason."""

    reason: FinishReason

    def run(self, source: WorkSource) -> Iterator[Response]:
        for number, response in enumerate(super().run(source)):
            if number % 2:
                response = replace(response, finish_reason=self.reason, text="", log_probs=())
            yield response


class Random(ScriptedBackend):
    """A model whose weights were drawn."""

    @property
    def facts(self) -> BackendFacts:
        return replace(super().facts, weights_origin=RANDOM_WEIGHTS)


@pytest.mark.parametrize(
    ("reason", "outcome"), [(FinishReason.FILTERED, "refused"), (FinishReason.TOO_LONG, "too_long")]
)
@pytest.mark.parametrize("chooses", [False, True])
def test_what_the_server_keeps_back_is_told_in_both_languages(
    classroom: "Classroom", reason: FinishReason, outcome: str, chooses: bool
) -> None:
    backend = Withheld(classroom.right, identity="withheld")
    backend.reason = reason
    _, summary = classroom.run([classroom.colours(4) if chooses else classroom.sums(4)], backend)
    whole = [row for row in summary["tasks"] if row["items"] == 4]
    assert [row["language"] for row in whole] == ["zh", "en"]
    for row in whole:
        assert row["outcomes"][outcome] == 2
        assert row["outcomes"]["scored"] == 2
        assert row["score"] == 0.5


def test_random_weights_get_no_score(classroom: "Classroom") -> None:
    with pytest.raises(InputError) as caught:
        classroom.run([classroom.sums(4)], Random(classroom.right, identity="random"))
    for message in (caught.value.en, caught.value.zh):
        assert "weights=random" in message
        assert "benchharness perf" in message
    assert not classroom.output.exists()
