"""``python -m benchharness``: the same as the command ``benchharness``."""

import sys

from benchharness.cli import main

sys.exit(main())
