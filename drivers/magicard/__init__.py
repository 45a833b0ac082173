"""Direct-to-card printers of Magicard."""
