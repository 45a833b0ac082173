"""A shop opened or made: folder, configuration, keys, vault."""
