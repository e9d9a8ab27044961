"""Tasks: from a task's YAML and its rows to items, worked examples and messages."""
