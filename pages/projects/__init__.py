"""Projects: what was saved."""
