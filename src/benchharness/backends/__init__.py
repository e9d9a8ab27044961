"""Backends: each runs requests on a model. ``base`` holds the protocol they share."""
