import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from benchharness.backends.transformers import embedded
from benchharness.errors import InputError
from benchharness.registry.models import ModelSpec, load_models, resolve_model
from benchharness.resources import boards_directory

Refused = Callable[..., str]
Write = Callable[[str, str | bytes], Path]

TWO_MODELS = """
models:
  small:
    hub: Acme/Small-1B
    released: 2024-02-05
  large:
    hub: Acme/Large-70B
    released: "2024-02"
"""


def read_board(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


BOARDS = {path.stem: read_board(path) for path in sorted(boards_directory().glob("*.csv"))}
ON_BOARDS = {(board, name) for spec in load_models().values() for board, name in spec.boards.items()}
# Older boards are there for their formulas; their models are too old for the registry.
MAPPED = sorted({board for board, _ in ON_BOARDS})

# Open weights, but without one known place on the hub.
NOT_MAPPED = {
    "XVERSE-13B-L",
    "Llama-3-70B-Instruct (second row in the source)",
    "Baichuan2-13B-Chat-v2",
    "Chinese-Alpaca2-13B",
    "XVERSE-65B-2-32K",
}


def test_the_shipped_registry_is_read_whole() -> None:
    models = load_models()
    assert len(models) >= 60
    assert all(name == spec.name for name, spec in models.items())
    assert {spec.origin for spec in models.values()} >= {"CN", "US"}


@pytest.mark.parametrize("family", ["qwen", "glm", "yi", "llama", "gemma"])
def test_the_shipped_registry_has_the_families_that_the_project_is_about(family: str) -> None:
    assert [spec for spec in load_models().values() if (spec.family or "").casefold().startswith(family)]


def test_every_shipped_fact_has_a_source_and_every_model_an_origin() -> None:
    for spec in load_models().values():
        assert spec.sources, spec.name
        assert spec.origin, spec.name
        assert spec.organisation, spec.name


def test_the_embedded_model_is_registered() -> None:
    spec = load_models()[embedded.NAME]
    assert (spec.kind, spec.origin) == ("chat", "US")
    assert spec.hub == "HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.mark.parametrize(("board", "name"), sorted(ON_BOARDS))
def test_a_name_on_a_board_stands_on_that_board(board: str, name: str) -> None:
    assert name in {row["model"] for row in BOARDS[board]}


@pytest.mark.parametrize("board", sorted(BOARDS))
def test_no_two_models_share_a_row_of_a_board(board: str) -> None:
    names = [spec.boards[board] for spec in load_models().values() if board in spec.boards]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("board", MAPPED)
def test_every_open_model_of_a_board_is_mapped(board: str) -> None:
    rows = [row for row in BOARDS[board] if row["weights"] == "open"]
    assert rows
    missing = {row["model"] for row in rows if (board, row["model"]) not in ON_BOARDS} - NOT_MAPPED
    assert not missing


@pytest.mark.parametrize("board", sorted(BOARDS))
def test_board_and_registry_agree_on_the_origin(board: str) -> None:
    origins = {row["model"]: row["origin"] for row in BOARDS[board]}
    for spec in load_models().values():
        if board in spec.boards:
            assert spec.origin == origins[spec.boards[board]], spec.name


def test_two_models_of_one_hub_id_are_refused(write: Write, refused: Refused) -> None:
    path = write("models.yaml", TWO_MODELS.replace("Acme/Large-70B", "Acme/Small-1B"))
    message = refused(load_models, path)
    assert "large and small have the same hub id Acme/Small-1B" in message


@pytest.mark.parametrize(
    ("entry", "fragments"),
    [
        ("{hub: no-slash}", ["model m", "`hub`: expected ORGANISATION/MODEL", "'no-slash'"]),
        ("{origin: china}", ["model m", "`origin`"]),
        ("{released: spring}", ["`released`: expected YYYY-MM-DD or YYYY-MM"]),
        ("{parameters: 0}", ["`parameters`"]),
        ("{kind: instruct}", ["`kind` is 'instruct'; expected one of 'chat' or 'base'"]),
        ("{license: mit}", ["unknown key `license`. Did you mean licence?"]),
        ("[a]", ["`models.m`", "dictionary"]),
    ],
)
def test_a_wrong_entry_is_refused_by_file_model_and_key(
    entry: str, fragments: list[str], write: Write, refused: Refused
) -> None:
    path = write("models.yaml", f"models:\n  m: {entry}\n")
    message = refused(load_models, path)
    for fragment in [str(path), *fragments]:
        assert fragment in message


def test_dates_are_kept_as_text(write: Write) -> None:
    models = load_models(write("models.yaml", TWO_MODELS))
    assert [spec.released for spec in models.values()] == ["2024-02-05", "2024-02"]


@pytest.mark.parametrize("name", ["small", "SMALL", "Acme/Small-1B", "acme/small-1b"])
def test_a_registered_model_is_found_by_name_and_hub_id_in_any_case(name: str, write: Write) -> None:
    found = resolve_model(name, "main", write("models.yaml", TWO_MODELS))
    assert (found.spec.name, found.spec.hub, found.directory) == ("small", "Acme/Small-1B", None)
    assert found.revision == "main"


def test_a_directory_is_a_model(tmp_path: Path) -> None:
    (tmp_path / "my-model").mkdir()
    found = resolve_model(str(tmp_path / "my-model"))
    assert found.directory == tmp_path / "my-model"
    assert found.spec == ModelSpec(name="my-model")


def test_a_directory_in_the_present_one_comes_before_a_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert resolve_model("acme/tiny").directory == tmp_path / "acme" / "tiny"
    assert resolve_model("./acme/tiny").directory == tmp_path / "acme" / "tiny"


@pytest.mark.parametrize("name", ["./nothing-here", "/nothing/here", "~/nothing-here-either"])
def test_a_missing_directory_is_refused(name: str, refused: Refused) -> None:
    assert refused(resolve_model, name) == f"--model {name}: there is no such directory."


def test_a_hub_id_need_not_be_registered() -> None:
    found = resolve_model("someone/New-Model_2.0", "abc")
    assert (found.spec.name, found.spec.hub, found.revision) == (
        "someone/New-Model_2.0",
        "someone/New-Model_2.0",
        "abc",
    )
    assert found.spec.origin is None


def test_a_misspelt_name_is_refused_with_the_nearest_ones(write: Write, refused: Refused) -> None:
    message = refused(resolve_model, "smal", None, write("models.yaml", TWO_MODELS))
    assert "--model smal: no such model. Did you mean small?" in message
    assert "benchharness models list" in message


@pytest.mark.parametrize("name", ["", "a/b/c", "a b", "模型"])
def test_what_is_neither_name_nor_hub_id_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        resolve_model(name)


def test_any_name_is_a_model_where_no_files_are_read() -> None:
    found = resolve_model("whatever", any_name=True)
    assert found.spec == ModelSpec(name="whatever")
    assert resolve_model(embedded.NAME, any_name=True).spec.origin == "US"
