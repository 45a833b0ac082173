"""Printing: jobs, attempts, the worker of each printer, recovery."""
