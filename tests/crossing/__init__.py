"""Registers counted a second time, from the exported entries alone; nothing here imports printd or its verifier."""
