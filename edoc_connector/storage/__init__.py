"""The connector's own database and files."""
