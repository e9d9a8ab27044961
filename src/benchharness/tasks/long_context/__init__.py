"""Long context: one generator whose facts, records and depths are the same in both languages, at a length that is met.

A *family* draws problems: facts, a question and its answer, in both languages. A *filler* is the text that they stand
in, unit by unit. Filling (``fill``) takes as many units as make the rendered prompt as long as it is to be.
"""
