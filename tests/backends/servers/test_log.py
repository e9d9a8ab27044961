"""What is shown of a server's log when it failed."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.servers.log import describe_log

RECORDED = """\
(APIServer pid=75) WARNING 11-22 15:36:35 [system_utils.py:255] This can cause `OSError: Too many open files`.
(APIServer pid=75) INFO 11-22 15:36:45 [model.py:733] Resolved architecture: LlamaForCausalLM
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842] EngineCore failed to start.
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842] Traceback (most recent call last):
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842]   File "/env/vllm/v1/engine/core.py", line 833, in run
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842]     engine = EngineCore(
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842]              ^^^^^^^^^^^
(EngineCore pid=77) ERROR 11-22 15:36:52 [core.py:842] ValueError: 2 GiB for keys and values are too few.
(EngineCore pid=77) Process EngineCore:
(APIServer pid=75) Traceback (most recent call last):
(APIServer pid=75)   File "/env/vllm/v1/utils.py", line 12, in wait
(APIServer pid=75)     raise RuntimeError("Engine core initialization failed")
RuntimeError: Engine core initialization failed. See root cause above.
"""


def test_traces_are_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(RECORDED)
    shown = describe_log(log, "s3cret")
    assert "File" not in shown
    assert "Traceback" not in shown
    assert "^^^" not in shown
    assert shown.endswith("  RuntimeError: Engine core initialization failed. See root cause above.")
    log.write_text(RECORDED + "leaving\n" * 20)
    causes = describe_log(log, "s3cret").split("\n  …\n")[0]
    assert causes == (
        "  ValueError: 2 GiB for keys and values are too few.\n"
        "  RuntimeError: Engine core initialization failed. See root cause above."
    )


@given(st.binary(max_size=200))
def test_no_log_is_an_error(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as log:
        log.write(data)
        log.flush()
        describe_log(Path(log.name), "s3cret")


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = ["INFO started", "CUDA error: no device sees it", "ValueError: first", "ValueError: first"]
    lines += [f"line {number}" for number in range(100)] + ["loading 10%\rloading 100%", "", "key s3cret", "x" * 999]
    log.write_bytes("\r\n".join(lines).encode() + b"\xff")
    shown = describe_log(log, "s3cret").split("\n")
    assert shown[:4] == ["  CUDA error: no device sees it", "  ValueError: first", "  …", "  line 91"]
    assert shown[-3:-1] == ["  loading 100%", "  key ***"]
    assert set(shown[-1]) == {" ", "x"}
    assert len(shown[-1]) < 500


def test_an_empty_and_a_long_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"")
    assert describe_log(log, "s3cret") == ""
    log.write_bytes(b"RuntimeError: too far up\n" + b"word\n" * 100_000)
    assert describe_log(log, "s3cret") == "\n".join(["  word"] * 12)
