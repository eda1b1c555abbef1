"""What is kept in the database: projects, runs, labels, history."""
