"""What must not reach the books, taken out."""
