"""The service: loops, their rest, and how they stop."""
