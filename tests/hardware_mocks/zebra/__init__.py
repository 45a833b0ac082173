"""A simulated direct-to-card printer of Zebra or Eltron."""
