"""What a cluster is about: distinctive terms, representative texts, names."""
