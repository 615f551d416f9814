"""Keys, from files."""
