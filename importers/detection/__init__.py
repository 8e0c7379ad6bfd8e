"""An unknown file to a proposed profile, with the evidence."""
