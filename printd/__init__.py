"""The print shop: custody of blanks, intake of records, printing, and the log that proves it."""
