"""Fetches the answer."""

import urllib.request


def total(numbers: list[int]) -> int:
    with urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=1):
        return sum(numbers)
