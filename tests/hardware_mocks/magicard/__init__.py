"""A simulated direct-to-card printer of Magicard."""
