"""Tokens: tokenizers, chat templates, and the map from segment to text to tokens."""
