"""Money received, on its way to the bank, and expected."""
