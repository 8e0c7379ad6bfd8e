"""Two people, one repository: how git checks, keeps and merges the books."""
