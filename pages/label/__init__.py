"""Label: names and moves."""
