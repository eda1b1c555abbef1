"""Which instruction brings out what is asked for? Start at `rank.rank`."""
