"""Readers of chips, apart from the printers that hold the card before them. Importing opens and needs nothing."""
