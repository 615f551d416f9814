"""The seal: what is stated, who sealed it, whether it holds.  Pure."""
