"""Measuring how answers are read, beside the published rules of other harnesses."""
