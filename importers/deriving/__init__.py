"""What follows from several facts, derived from all the books anew by each import."""
