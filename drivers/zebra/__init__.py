"""Direct-to-card printers of Zebra, formerly Eltron."""
