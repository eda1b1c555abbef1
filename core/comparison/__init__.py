"""Instructions and models side by side: agreement, flows, noise floor, aligned maps."""
