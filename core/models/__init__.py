"""Texts and an instruction to vectors, by each model family's own recipe. Start at `registry.load_model`."""
