"""The accountant's pack: its parts, files and proof."""
