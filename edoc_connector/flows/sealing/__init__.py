"""Our keys, the packets they seal, and the time stamps of those."""
