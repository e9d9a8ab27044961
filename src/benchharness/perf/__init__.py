"""Controlled measuring (kind B): fixed lengths, unique prompts, warm-up and repeats, under a load that is stated."""
