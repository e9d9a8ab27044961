"""A small real server that stands for vLLM's: it listens, answers what benchharness asks, and misbehaves when told to.

Run as ``fake_server.py serve DIRECTORY --port N …``. How it behaves is said by arguments as any other:
``--fake-late=S`` (not healthy for S seconds), ``--fake-dies=WHEN`` (``start``, or ``asked``: at its first request),
``--fake-hangs``, ``--fake-deaf`` (ignores SIGTERM), ``--fake-family`` (starts a child, and one that leaves its group
and its parent), ``--fake-version=V``, ``--fake-loud`` (prints its key).
"""

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = "0.32.0"
SLEEP = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
METRICS = """# HELP vllm:num_requests_running Number of requests.
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:prefix_cache_queries_total{engine="0"} 1.2e+02
vllm:prefix_cache_hits_total{engine="0"} 90.0
"""


def options(arguments: list[str]) -> dict[str, str]:
    """Read ``--key=value``, ``--key value`` and ``--key``."""
    found: dict[str, str] = {}
    for place, word in enumerate(arguments):
        if word.startswith("--"):
            key, equals, value = word[2:].partition("=")
            following = arguments[place + 1] if place + 1 < len(arguments) else "--"
            found[key] = value if equals or following.startswith("--") else following
    return found


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        print(VERSION)
        return
    said = options(sys.argv[1:])
    print("arguments:", sys.argv[1:], flush=True)
    if "fake-loud" in said:
        print("key:", os.environ["VLLM_API_KEY"], flush=True)
    if said.get("fake-dies") == "start":
        print("(EngineCore pid=7) ERROR 11-22 [core.py:1] ValueError: no room for the cache", flush=True)
        print("\n".join(f"  File {number}" for number in range(40)))
        print("RuntimeError: the engine failed", flush=True)
        sys.exit(3)
    if "fake-deaf" in said:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "fake-family" in said:
        subprocess.Popen([sys.executable, "-c", SLEEP])
        middle = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=True)"
        subprocess.run([sys.executable, "-c", middle], check=True)
    if "fake-hangs" in said:
        time.sleep(600)
    serve(said)


def serve(said: dict[str, str]) -> None:
    ready = time.monotonic() + float(said.get("fake-late", "0"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if said.get("fake-dies") == "asked" and self.path == "/v1/models":
                os.kill(os.getpid(), signal.SIGKILL)
            allowed = self.headers["Authorization"] == f"Bearer {os.environ['VLLM_API_KEY']}"
            if self.path == "/health":
                self.answer(200 if time.monotonic() >= ready else 503, "")
            elif self.path == "/version":
                self.answer(200, json.dumps({"version": said.get("fake-version", VERSION)}))
            elif self.path == "/metrics":
                self.answer(200, METRICS)
            elif self.path == "/v1/models":
                self.answer(200 if allowed else 401, json.dumps({"data": [{"id": said["served-model-name"]}]}))
            else:
                self.answer(404, "")

        def answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            print(format % args, flush=True)

    ThreadingHTTPServer(("127.0.0.1", int(said["port"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
