"""Pages as HTML, set as archival, accessible PDF."""
