"""Retransfer printers of Matica / XID."""
