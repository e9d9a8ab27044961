"""Statistics of scores. scipy does the arithmetic."""
