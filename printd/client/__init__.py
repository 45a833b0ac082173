"""Reaching the shop: through the daemon's socket while it runs, on the shop itself otherwise."""
