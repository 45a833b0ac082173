"""The running shop: its parts, started, watched and ended."""
