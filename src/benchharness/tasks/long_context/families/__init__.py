"""Families of problems, one module each: what a text states, what is asked of it, and the answer."""
