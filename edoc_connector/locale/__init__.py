"""Catalogues of messages, shipped inside the package; `scripts/catalogue` makes them."""
