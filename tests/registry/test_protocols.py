from collections.abc import Callable
from pathlib import Path

import pytest

from benchharness.registry.protocols import find_protocol, load_protocols

Refused = Callable[..., str]
Write = Callable[[str, str | bytes], Path]


def test_the_shipped_protocols_are_read() -> None:
    protocols = load_protocols()
    assert {"default", "plain", "thinking"} <= protocols.keys()
    assert protocols["default"].template == "auto"
    assert protocols["default"].thinking == "off"
    assert protocols["plain"].template == "plain"
    assert (protocols["thinking"].thinking, protocols["thinking"].shots) == ("on", 0)
    assert protocols["thinking"].reasoning_tokens > 0
    assert [name for name, protocol in protocols.items() if protocol.opens_answer] == ["ruler"]


@pytest.mark.parametrize("name", ["default", "plain", "thinking", "ruler"])
def test_a_protocol_is_found_by_its_name(name: str) -> None:
    assert find_protocol(name).name == name


def test_an_unknown_protocol_is_refused_with_the_names_there_are(refused: Refused) -> None:
    message = refused(find_protocol, "plian")
    assert message.startswith("--protocol plian: no such protocol. Did you mean plain? There are: ")
    assert message.endswith(": default, plain, thinking, ruler.")


@pytest.mark.parametrize(
    ("entry", "fragment"),
    [
        ("{template: chatty}", "`template` is 'chatty'; expected one of 'auto', 'chat' or 'plain'"),
        ("{shots: -1}", "`shots`"),
        ("{shots_as: pictures}", "expected one of 'turns' or 'text'"),
        ('{opens_answer: true, thinking: "on"}', "`opens_answer` and `thinking: on` exclude each other"),
        ("{thinking: true}", "`thinking` is True; expected one of 'on' or 'off'"),
        ("{reasoning_token: 1}", "Did you mean reasoning_tokens?"),
    ],
)
def test_a_wrong_protocol_is_refused_by_name_and_key(entry: str, fragment: str, write: Write, refused: Refused) -> None:
    path = write("protocols.yaml", f"protocols:\n  mine: {entry}\n")
    message = refused(load_protocols, path)
    assert f"{path}: protocol mine: " in message
    assert fragment in message
