"""A practice profile for an export that none reads: what the file does not settle, and the profile's text."""
