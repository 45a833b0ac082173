"""Any card printer behind a queue of CUPS."""
