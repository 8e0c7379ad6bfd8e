"""Ledger text to files: all of it or nothing; originals filed."""
