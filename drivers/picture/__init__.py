"""A printer that is a folder of pictures."""
