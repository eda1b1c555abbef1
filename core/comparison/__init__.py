"""Instructions side by side: how far they agree, and what moved. Start at `compare.compare`."""
