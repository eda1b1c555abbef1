"""Explore: the map of one run."""
