"""A simulated retransfer printer of Matica / XID."""
