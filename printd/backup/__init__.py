"""A copy of a whole shop, and a shop put back from one."""
