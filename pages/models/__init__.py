"""Models: what can embed, and how fast."""
