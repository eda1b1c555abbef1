"""What is known of a model before its weights are loaded."""
