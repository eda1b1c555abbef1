"""Compare: instructions side by side."""
