"""benchharness: benchmarks language models in Chinese and English, scores and throughput in one record."""

__version__ = "0.1.0"
