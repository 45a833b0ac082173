"""The books of a shop: how they are changed, signed, replayed, and held against what is known outside."""
