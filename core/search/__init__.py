"""Finding texts: by their words, by their meaning, by both, and by other texts that are like them."""
