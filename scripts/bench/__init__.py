"""Measures benchharness against lm-evaluation-harness; `scripts/bench_vs_lm_eval.py` is the command."""
