"""What an unknown export of a practice system is: its kind, its columns, the meaning of its words."""
