import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchharness.errors import InputError
from benchharness.registry.catalogue import load_tasks
from benchharness.scorers.base import find_scorer

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", sorted(load_tasks()))
def test_the_scorer_of_every_shipped_task_is_there(name: str) -> None:
    spec = load_tasks()[name].spec.scorer
    assert callable(find_scorer(spec.name, spec.options, name).score)


@pytest.mark.parametrize(
    ("name", "options", "fragments"),
    [
        ("chioce", {}, ["there is no scorer 'chioce'", "choice", "number"]),
        ("number", {"tolerance": 1}, ["scorer number", "'tolerance'"]),
        ("choice", {"normalize": "sum"}, ["scorer choice", "'normalize'"]),
        ("choice", {"sample": 1}, ["scorer choice", "'sample'"]),
    ],
)
def test_a_scorer_or_an_option_that_is_not_there_is_refused(
    name: str, options: dict[str, Any], fragments: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        find_scorer(name, options, "t.yaml")
    assert caught.value.en.startswith("t.yaml: scorer")
    for fragment in fragments:
        assert fragment in caught.value.en
    assert not HAN.search(caught.value.en)
    assert HAN.search(caught.value.zh)


PLUGIN = '''
from benchharness.records import Outcome, Score


def score(sample, least=1):
    """Mark a text by its length."""
    return Score(float(len(sample.response.text) >= least), Outcome.SCORED)


def check(item):
    """Every item will do."""
    return "checked"


DEFERRED = True
'''

USE = """
import json
from benchharness.records import FinishReason, Item, Language, Response
from benchharness.scorers.base import Sample, find_scorer
item = Item(id="1", language=Language.ZH, target="", category="c", fields={})
sample = Sample(item, Response("key", FinishReason.STOP, text="四个汉字"))
entry = find_scorer("length", {"least": 1}, "t.yaml")
values = [entry.score(sample, least=least).value for least in (4, 5)]
print(json.dumps([values, entry.deferred, entry.check(item), callable(find_scorer("number", {}, "t.yaml").score)]))
"""


def test_another_package_can_bring_a_scorer(tmp_path: Path) -> None:
    (tmp_path / "by_length.py").write_text(PLUGIN, encoding="utf-8")
    facts = tmp_path / "benchharness_by_length-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: benchharness-by-length\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[benchharness.scorers]\nlength = by_length:score\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[1.0, 0.0], True, "checked", True]
