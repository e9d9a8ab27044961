"""Published boards: reading their figures, and recomputing their totals."""
