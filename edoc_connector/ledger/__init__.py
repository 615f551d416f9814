"""The tamper-evident log of facts.  Pure."""
