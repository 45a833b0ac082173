"""A simulated direct-to-card printer of Evolis."""
