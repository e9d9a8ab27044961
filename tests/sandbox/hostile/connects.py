"""Connects to a server on this machine."""

import socket


def total(numbers: list[int]) -> int:
    with socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=1) as connection:
        connection.sendall(b"reached")
    return sum(numbers)
