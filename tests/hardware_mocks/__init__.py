"""Simulated card printers: physical machines that speak a printer language over a real or simulated wire.

Written from the protocol sheets alone; nothing here knows the drivers that are tested against it.
"""
