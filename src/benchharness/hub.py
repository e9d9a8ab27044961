"""Whether the hub can be reached, asked once and in seconds: its own libraries retry for half a minute."""

import os
import socket
import urllib.parse
import urllib.request
from functools import cache

DEFAULT_ENDPOINT = "https://huggingface.co"
CONNECT_SECONDS = 5.0


def endpoint() -> str:
    """Return the address of the hub: ``HF_ENDPOINT``, or that of Hugging Face."""
    return os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT


def go_offline_if_unreachable() -> None:
    """Let the libraries of the hub use their caches alone if the hub cannot be reached.

    To be called before ``datasets`` and ``huggingface_hub`` are first imported: they read the setting then.
    """
    if not _can_connect(endpoint()):
        os.environ["HF_HUB_OFFLINE"] = "1"


@cache
def _can_connect(address: str) -> bool:
    parts = urllib.parse.urlsplit(address)
    if parts.hostname is None or urllib.request.getproxies():
        # A proxy may reach what this machine cannot; only asking would tell.
        return True
    try:
        port = parts.port or (80 if parts.scheme == "http" else 443)
        socket.create_connection((parts.hostname, port), timeout=CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
