"""The nouns of the regulation.  Standard library only."""
