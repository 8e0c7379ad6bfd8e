"""X12: remittances (835) to records."""
