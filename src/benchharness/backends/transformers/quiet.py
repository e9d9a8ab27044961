"""Keeping transformers quiet: benchharness shows its own progress, and nothing where there is no terminal."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

from transformers.utils import logging


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Silence the progress bars and notes of transformers; errors are still raised."""
    verbosity = logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        # Some of its bars ask no setting; they write to standard error.
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
