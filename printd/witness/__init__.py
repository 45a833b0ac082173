"""A witness: it cosigns the checkpoints of other shops, once each, and only what goes on from the last it saw."""
