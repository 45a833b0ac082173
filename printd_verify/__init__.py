"""Verifies the log of a print shop without the shop: nothing of printd is imported here, so that the two can disagree.

What is right stands in docs/log.md and the two lists of kinds beside it; every rule here is written from those. It
needs `cryptography` and `rfc8785`, and nothing else.
"""
