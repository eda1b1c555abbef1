"""What Refract keeps on disk. Start at `home.home` for where, and `vectors.VectorStore` for embeddings."""
