"""Ledger text to entries and back: cache, booking, validation, printer, digest."""
