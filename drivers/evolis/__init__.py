"""Direct-to-card printers of Evolis."""
