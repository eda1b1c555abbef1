"""Topics of clusters: distinctive terms, representative texts, names."""
