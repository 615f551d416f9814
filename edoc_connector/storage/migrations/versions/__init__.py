"""One file per version of the database, never changed once released."""
