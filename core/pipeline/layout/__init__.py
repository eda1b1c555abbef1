"""Vectors to a map: exact neighbours, then UMAP."""
