"""Keys, from files and on tokens, and the certificates of authorities."""
