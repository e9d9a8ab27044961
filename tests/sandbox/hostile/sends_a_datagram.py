"""Sends a datagram, which needs no answer."""

import socket


def total(numbers: list[int]) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"reached", ("127.0.0.1", int("@PORT@")))
    return sum(numbers)
