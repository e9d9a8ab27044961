"""Instructions whose following a program can check: one class a kind, one file a theme.

``registry.parse_instruction`` turns a specification into an instruction; its ``follows`` reads a text.
``docs/instructions.md`` defines every kind.
"""
