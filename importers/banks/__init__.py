"""A bank's or card's file, by a profile or as OFX, to lines of the bank."""
