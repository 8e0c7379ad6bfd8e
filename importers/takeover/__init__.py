"""Books of another program: what they owned, owed and were owed on the day on which these books begin."""
