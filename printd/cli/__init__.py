"""The command line: one file a noun; the only writer to standard output."""
