"""Custody of blanks: serials, places, movements, deliveries, sums."""
