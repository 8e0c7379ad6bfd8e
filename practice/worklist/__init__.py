"""Findings as a person works through them: the list, waivers, locked years."""
