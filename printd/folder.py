"""Names of what lies in a shop's folder, for parts that must find it without loading the shop."""

SOCKET_NAME = "printd.sock"
CONFIG_NAME = "printd.toml"

DEFAULT_ZONE = "Asia/Makassar"
"""Time zone of an office whose configuration names none."""
