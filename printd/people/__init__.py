"""People as keys: how a private key is sealed under its owner's secrets, and who is logged in where; pure, no store."""
