"""What the pages show, as values: nothing here knows of Fava."""
