"""Reports for whoever runs the practice."""
