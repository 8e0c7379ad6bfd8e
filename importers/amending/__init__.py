"""Changes to what is in the books already: an import taken back, bank lines given another account."""
