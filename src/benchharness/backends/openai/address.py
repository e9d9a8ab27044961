"""Which server is asked, with which key. A key comes from the environment, goes to its server and nowhere else."""

import ipaddress
import os
import urllib.parse
from dataclasses import dataclass, field

from benchharness.errors import BenchharnessError, InputError
from benchharness.registry.models import EndpointSpec, ModelSpec, endpoint_of

URL_VARIABLE = "OPENAI_BASE_URL"
KEY_VARIABLE = "OPENAI_API_KEY"
NO_KEY = "none"
"""What is sent to a server that needs no key, since the SDK sends something in any case."""

THIS_MACHINE = "this machine"


@dataclass(frozen=True, slots=True)
class Address:
    """A server.

    Attributes:
        base_url: where it is, without ``/chat/completions``.
        key: what it wants to be shown; kept out of whatever shows an address.
        key_variable: the environment variable that holds the key.
        endpoint: what the model registry says of it; ``None`` for a server that the user named.
    """

    base_url: str
    key: str = field(repr=False)
    key_variable: str = KEY_VARIABLE
    endpoint: EndpointSpec | None = None

    @property
    def host(self) -> str:
        """The host, as it is recorded: without port, and the same for every name of this machine."""
        return THIS_MACHINE if self.is_local else (urllib.parse.urlsplit(self.base_url).hostname or "")

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, as far as its name tells."""
        host = urllib.parse.urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def without_key(self, text: str) -> str:
        """Return a text of the server in which the key, should it be there, cannot be read."""
        return text if self.key in ("", NO_KEY) else text.replace(self.key, "***")


def find_address(base_url: str | None, key_variable: str | None, model: ModelSpec) -> Address:
    """Return the server that the user named, or that of the registry, or that of ``OPENAI_BASE_URL``.

    Args:
        base_url: what ``--base-url`` says.
        key_variable: what ``--option key_variable`` says.
        model: what is known of the model.

    Raises:
        InputError: if there is none, or it is no URL.
        BenchharnessError: if it needs a key and the environment holds none.
    """
    url = base_url or (None if model.endpoint else os.environ.get(URL_VARIABLE))
    if url is not None:
        place = "--base-url" if base_url else URL_VARIABLE
        variable = key_variable or KEY_VARIABLE
        key = os.environ.get(variable, "")
        if key_variable is not None and not key:
            raise _no_key(variable, url)
        return Address(_checked(url, place), key or NO_KEY, variable)
    # The key of an endpoint goes to that endpoint alone, never to whatever --base-url names.
    endpoint = endpoint_of(model)
    variable = key_variable or endpoint.key_variable
    key = os.environ.get(variable, "")
    if not key:
        raise _no_key(variable, endpoint.base_url)
    return Address(endpoint.base_url, key, variable, endpoint)


def _no_key(variable: str, url: str) -> BenchharnessError:
    return BenchharnessError(
        en=f"{url} needs a key: set the environment variable {variable}.",
        zh=f"访问 {url} 需要密钥：请设置环境变量 {variable}。",
    )


def _checked(url: str, place: str) -> str:
    parts = urllib.parse.urlsplit(url)
    try:
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or parts.query or parts.fragment or parts.username or parts.password:
        # Not shown: it may hold a password or a key.
        raise InputError(
            en=f"{place}: expected a URL such as http://127.0.0.1:8000/v1, without user name and query. A key goes"
            f" into the environment variable {KEY_VARIABLE}.",
            zh=f"{place}：应为 http://127.0.0.1:8000/v1 形式的网址，不含用户名与查询串。"
            f"密钥请放入环境变量 {KEY_VARIABLE}。",
        )
    path = parts.path.rstrip("/")
    for ending in ("/chat/completions", "/completions"):
        path = path.removesuffix(ending)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, "", ""))
