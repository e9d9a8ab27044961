"""Runs: plan, execute, journal, score, summary."""
