"""Model cards: all that is known of a model before its weights are loaded."""
