"""Generators: one module a family, each with `generate(seed, count)` and `solve(row)`."""
