"""A finished table as text, CSV, JSON, a workbook; charts."""
