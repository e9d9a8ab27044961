"""Scorers: each marks one response, and says by which rule it read the answer."""
