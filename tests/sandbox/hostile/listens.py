"""Waits for someone to connect."""

import socket


def total(numbers: list[int]) -> int:
    with socket.create_server(("127.0.0.1", 0)):
        return sum(numbers)
