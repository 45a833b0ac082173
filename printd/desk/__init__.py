"""The desk: what people ask the shop to do, one file a noun; the same for CLI, socket and demo."""
