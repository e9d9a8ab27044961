import pytest

from benchharness.errors import (
    BenchharnessError,
    InputError,
    ManifestChangedError,
    MissingDependencyError,
    OfflineError,
    bilingual,
    interface_language,
)

VARIABLES = ("BENCHHARNESS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"BENCHHARNESS_LANGUAGE": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"BENCHHARNESS_LANGUAGE": "ZH"}, "zh"),
        ({"BENCHHARNESS_LANGUAGE": "en", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"BENCHHARNESS_LANGUAGE": "", "LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_the_environment_decides_the_language_of_messages(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert interface_language() == language
    assert bilingual("word", "词") == ("词" if language == "zh" else "word")
    assert str(InputError(en="word", zh="词")) == ("词" if language == "zh" else "word")


def test_every_kind_of_error_has_an_exit_code_of_its_own() -> None:
    kinds = (BenchharnessError, InputError, MissingDependencyError, OfflineError, ManifestChangedError)
    assert [kind.exit_code for kind in kinds] == [1, 2, 3, 4, 5]
