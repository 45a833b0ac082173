"""The blank log as bytes: entries, Merkle tree, signed checkpoints and their verifier; no database, no files."""
