"""Acts and registers an office owes: one document, shown as PDF, CSV and canonical JSON."""
