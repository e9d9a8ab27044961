"""Servers that are started on this machine for a run, watched, and stopped with it."""

from benchharness.backends.servers.make import make_server
from benchharness.backends.servers.managed import ManagedServer

__all__ = ["ManagedServer", "make_server"]
