"""Rank: instructions against labels."""
