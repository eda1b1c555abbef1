"""Finding texts: by words (BM25), by meaning, by both."""
