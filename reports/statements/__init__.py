"""Financial statements and ledgers."""
