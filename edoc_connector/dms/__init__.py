"""The customer's document database, through a mapping in settings."""
