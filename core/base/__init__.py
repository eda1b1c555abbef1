"""What every room stands on: errors, progress, background work, caches, digests, safe files."""
