"""The composition root: the only package that picks adapters."""
