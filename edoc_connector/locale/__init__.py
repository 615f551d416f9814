"""Catalogues of messages, shipped with the package; `scripts/catalogue` makes them."""
