"""Sums of accounts and what they are called, on either basis."""
