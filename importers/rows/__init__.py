"""Bytes to rows and cells, whatever the format."""
