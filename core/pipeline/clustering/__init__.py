"""Vectors to clusters, and which cluster of one clustering is which of another."""
