"""Four organisations on one machine, to see the whole at work."""
