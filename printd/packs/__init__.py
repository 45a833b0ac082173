"""Packs for auditors: the log, its verifier, tables and reports made from it, and what to read first."""
