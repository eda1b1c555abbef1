"""The database, and all that it keeps: projects, runs, labels, history."""
