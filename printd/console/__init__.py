"""The front door of the running shop: its API."""
