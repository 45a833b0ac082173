"""What comes in: rules for print-ready records, their identity numbers, areas and pictures; no database."""
