"""What people ask: where a document is, why, and whose turn it is.  Reads only."""
