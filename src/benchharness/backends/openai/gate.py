"""The gate through which requests go to a server: as many at once as the pace allows, none while it wants rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchharness.backends.openai.pace import Pace, Sending
from benchharness.errors import BenchharnessError


class Closed(Exception):
    """Nothing more goes to the server."""


class Gate:
    """Lets requests through; for one event loop.

    Args:
        pace: how many may be through at once.
    """

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.inside = 0
        self.reason: BenchharnessError | None = None
        self._rest_until = 0.0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[Sending]:
        """Wait until a request may be sent, and let the next one through when it has come back.

        Raises:
            Closed: if none may be sent any more.
        """
        sending = await self._enter()
        try:
            yield sending
        finally:
            self.inside -= 1
            await self._tell()

    async def _enter(self) -> Sending:
        async with self._changed:
            while self.reason is None:
                rest = self._rest_until - asyncio.get_running_loop().time()
                if rest <= 0 and self.inside < self.pace.limit:
                    self.inside += 1
                    return self.pace.sending()
                try:
                    async with asyncio.timeout(rest if rest > 0 else None):
                        await self._changed.wait()
                except TimeoutError:
                    continue
        raise Closed

    async def close(self, reason: BenchharnessError) -> None:
        """Let nothing through any more; the first reason counts."""
        self.reason = self.reason or reason
        await self._tell()

    def rest(self, seconds: float) -> None:
        """Let nothing through for some time, as the server asked."""
        self._rest_until = max(self._rest_until, asyncio.get_running_loop().time() + seconds)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
