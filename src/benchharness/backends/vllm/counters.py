"""What the engine tells of itself at each step, kept as long as it lives."""

from typing import Any


class EngineCounters:
    """Counts what vLLM gives its stat loggers; see its ``StatLoggerBase``.

    Attributes:
        prefix_queries: tokens that were looked for in the prefix cache.
        prefix_hits: tokens that were found there.
        preemptions: how often a request was put off that had begun.
        cache_usage: highest share of the cache in use, from 0 to 1.
    """

    def __init__(self) -> None:
        self.prefix_queries = 0
        self.prefix_hits = 0
        self.preemptions = 0
        self.cache_usage = 0.0

    def record(self, scheduler_stats: Any, iteration_stats: Any, *_: Any, **__: Any) -> None:
        """Take what vLLM tells after a step; either may be ``None``."""
        if scheduler_stats is not None:
            self.cache_usage = max(self.cache_usage, scheduler_stats.kv_cache_usage)
            self.prefix_queries += scheduler_stats.prefix_cache_stats.queries
            self.prefix_hits += scheduler_stats.prefix_cache_stats.hits
        if iteration_stats is not None:
            self.preemptions += iteration_stats.num_preempted_reqs

    def log(self) -> None:
        """Part of vLLM's interface; nothing is printed."""

    def log_engine_initialized(self) -> None:
        """Part of vLLM's interface; nothing is printed."""

    def record_sleep_state(self, *_: Any, **__: Any) -> None:
        """Part of vLLM's interface; the engine is not put to sleep."""
