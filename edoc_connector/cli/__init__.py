"""The `edoc` command."""
