"""What was to be billed, by when, and what it is worth."""
