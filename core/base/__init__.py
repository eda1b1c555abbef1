"""The base of every room: errors, progress, background work, caches, digests, safe files."""
