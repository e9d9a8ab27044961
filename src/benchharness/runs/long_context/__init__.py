"""What a run with long contexts says: from its journal to points, and from points to a document."""
