"""What an entry of each kind does to the tables, one file a noun."""
