"""A folder of ledgers, indexed in one pass."""
