"""Attacks on what reads, writes and keeps: each counts what it tried, and what came through."""
