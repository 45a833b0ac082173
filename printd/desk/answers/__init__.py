"""What acts answer, where the file of a noun has no room to say it."""
