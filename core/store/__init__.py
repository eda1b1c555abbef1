"""Vectors and token states on disk, found by content."""
