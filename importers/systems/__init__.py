"""A practice system's export, by a profile or as the practice's own CSV, to records."""
